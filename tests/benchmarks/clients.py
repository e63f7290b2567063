"""Clients that work at once, each through a list of its own."""

import threading
import time
from collections.abc import Callable, Sequence
from http.client import HTTPConnection

Work = Callable[[], None]
"""One request and the check of its answer; raises when that is not what it should be."""


def seconds_for(clients: Sequence[Sequence[Work]]) -> float:
    """How long until every client has done its work, one piece after another. Raises what a client raised."""
    ready = threading.Barrier(len(clients) + 1)
    troubles: list[Exception] = []

    def work_through(pieces: Sequence[Work]) -> None:
        ready.wait()
        try:
            for piece in pieces:
                piece()
        except Exception as trouble:  # told to the caller, whose thread this is not
            troubles.append(trouble)

    threads = [threading.Thread(target=work_through, args=(pieces,)) for pieces in clients]
    for thread in threads:
        thread.start()
    ready.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    if troubles:
        raise troubles[0]
    return seconds


def post(connection: HTTPConnection, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """The body of the answer. Raises RuntimeError for a status other than 200."""
    connection.request("POST", path, body, {"Content-Type": "application/json"} | headers)
    response = connection.getresponse()
    answer = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}: {answer[:500]!r}")
    return answer
