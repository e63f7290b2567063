"""How the world must look once it has come to rest, whatever was killed before."""

from tests.world.accounts import agree, keys_of_book, outcomes_of_server
from tests.world.processes.commands import TillCommands
from tests.world.processes.server_process import ServerProcess


def came_to_rest(till: TillCommands, server: ServerProcess, database_url: str, acts: int) -> None:
    """Each of the till's acts arrived once and was accepted, both books say the same, and the audit finds nothing."""
    keys = keys_of_book(till.book)
    assert len(keys) == acts
    assert outcomes_of_server(database_url) == {key: ["accepted"] for key in keys}
    agree(till.book, database_url)
    audited = server.command("audit")
    assert audited.status == 0, audited
