"""The command line as a whole: its verbs, and how it ends."""

import typer

from desktop.cli import acts, book, enrol, shift
from desktop.cli.options import AsJson, DataDir, Exit, Options, Staff, complain
from desktop.main import run_window
from desktop.present.sentences import trouble_sentence
from desktop.trouble import KnownTrouble

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def tillstamp(ctx: typer.Context, data_dir: DataDir = None, staff: Staff = None, as_json: AsJson = False) -> None:
    """A till: stamp cards for shops whose network comes and goes. Without a verb it opens the window."""
    ctx.obj = Options(data_dir, staff, as_json)
    if ctx.invoked_subcommand is None:
        raise typer.Exit(run_window(data_dir))


app.command("enrol")(enrol.enrol)
app.command("new-card")(acts.new_card)
app.command("status")(book.status)
app.command("stamp")(acts.stamp)
app.command("redeem")(acts.redeem)
app.command("void")(acts.void)
app.command("sync")(book.sync)
app.add_typer(shift.app, name="shift")
app.command("export")(book.export)


def run(arguments: list[str]) -> int:
    """Do what the arguments say; the process's exit status."""
    try:
        app(arguments, prog_name="tillstamp")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.TROUBLE
    except KnownTrouble as trouble:
        complain(trouble_sentence(trouble))
        return Exit.TROUBLE
    return Exit.DONE
