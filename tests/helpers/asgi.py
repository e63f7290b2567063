"""A client that drives an ASGI app without a network: every request in an event loop of its own."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI

_CHUNK: Final = 64 * 1024

Message = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response, and what the app raised beside it for the server's log."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    raised: Exception | None = None

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a problem. Fails when the answer is none, by RFC 9457."""
        assert self.headers["content-type"] == "application/problem+json", self.body
        problem = self.json()
        assert problem["status"] == self.status
        assert problem["title"]
        return str(problem["code"])


class Client:
    """Asks an app as `token`'s till, or as nobody, from an address. `run` is who runs a request: by default a new event
    loop each.
    """

    def __init__(
        self,
        app: FastAPI,
        token: str | None = None,
        host: str = "127.0.0.1",
        run: Callable[[Coroutine[Any, Any, Answer]], Answer] = asyncio.run,
    ) -> None:
        self.app = app
        self.token = token
        self.host = host
        self._run = run

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, b"", **headers)

    def post(self, path: str, said: object, **headers: str) -> Answer:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return self.request("POST", path, body, **headers)

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        if self.token is not None:
            headers = {"authorization": f"Bearer {self.token}"} | headers
        return self._run(self._request(method, path, body, headers))

    async def _request(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        address, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": address,
            "raw_path": address.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
            "client": (self.host, 50_000),
            "server": ("127.0.0.1", 8460),
        }
        chunks = [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)] or [b""]
        sent: list[Message] = []

        async def receive() -> Message:
            if not chunks:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

        async def send(message: Message) -> None:
            sent.append(message)

        raised: Exception | None = None
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            # Whatever it is, a server would log it and go on.
            raised = error
        begun = sent[0]
        return Answer(
            status=begun["status"],
            headers={name.decode(): value.decode() for name, value in begun["headers"]},
            body=b"".join(message.get("body", b"") for message in sent[1:]),
            raised=raised,
        )
