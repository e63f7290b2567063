"""Clients that send at once, each on a connection of its own that it keeps."""

import threading
import time
from collections.abc import Callable, Sequence
from http.client import HTTPConnection

from tests.benchmarks.server_process import ServerProcess

Send = Callable[[HTTPConnection], None]
"""One request and the check of its answer; raises when that is not what it should be."""


def seconds_for(server: ServerProcess, clients: Sequence[Sequence[Send]]) -> float:
    """How long until every client has sent its requests, one after another. Raises what a client raised."""
    ready = threading.Barrier(len(clients) + 1)
    troubles: list[Exception] = []

    def work(requests: Sequence[Send]) -> None:
        connection = server.connect()
        connection.connect()
        ready.wait()
        try:
            for send in requests:
                send(connection)
        except Exception as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(requests,)) for requests in clients]
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
