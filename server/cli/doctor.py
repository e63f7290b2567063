"""`doctor`: how everything stands that the server stands on."""

from dataclasses import asdict

import typer

from common.clock import SystemClock
from server.cli.options import AsJson, telling_trouble
from server.database import read_settings
from server.operate.doctor.examine import examine
from server.operate.doctor.finding import Finding, Level
from server.show import to_json


def doctor_(as_json: AsJson = False) -> None:
    """Look at database, clock, TLS, disk, backups and tills, and say what to do. Exit 1 where something is bad."""
    with telling_trouble():
        findings = examine(read_settings(), SystemClock())
    healthy = all(finding.level is not Level.BAD for finding in findings)
    if as_json:
        typer.echo(to_json({"healthy": healthy, "findings": [asdict(finding) for finding in findings]}))
    else:
        typer.echo("\n".join(map(_in_words, findings)))
    if not healthy:
        raise typer.Exit(1)


def _in_words(finding: Finding) -> str:
    line = f"{finding.level:<4}  {finding.check:<8}  {finding.says}"
    return f"{line}\n{'':16}→ {finding.advice}" if finding.advice else line
