"""A hub of a few lines that keeps the promises of PROTOCOL.md for push and pull, and breaks them where a test asks.

It is no second implementation of the law: it accepts what it does not know and repeats what it does.
"""

import json
from collections.abc import Callable
from io import BufferedIOBase
from typing import Any

from tests.desktop.sync.scripted_server import Reply, Request, raw

NOW = "2026-11-22T10:00:00.000000Z"


class SmallHub:
    """One till's server.

    Attributes:
        epoch, have_seq: what the next push is measured by; a test may set them back.
        verdicts: by key; what was judged.
        effects: how often each key was judged as new.
        answers: what to do instead of the next requests to a path, in order.
        twist: changes an answer to a push before it is sent.
    """

    def __init__(self) -> None:
        self.epoch = 1
        self.have_seq = 0
        self.ver = 1
        self.verdicts: dict[str, dict[str, Any]] = {}
        self.effects: dict[str, int] = {}
        self.batches: list[list[int]] = []
        self.pulls = 0
        self.answers: dict[str, list[Reply]] = {"push": [], "pull": []}
        self.twist: Callable[[dict[str, Any]], None] = lambda _: None
        self.pages: list[dict[str, Any]] = []

    def __call__(self, request: Request, out: BufferedIOBase) -> None:
        name = "push" if request.path.startswith("/v1/sync/push") else "pull"
        if name == "push":
            answer = self._push(request.json) if not self._instead(name) else None
        else:
            self.pulls += 1
            answer = self._pull() if not self._instead(name) else None
        if answer is None:
            self.answers[name].pop(0)(request, out)
        else:
            out.write(raw(200, json.dumps(answer).encode()))

    def lose_answer(self) -> None:
        """Judge the next push, and hang up instead of answering."""

        def lose(request: Request, _: BufferedIOBase) -> None:
            self._push(request.json)

        self.answers["push"].append(lose)

    def _instead(self, name: str) -> bool:
        return bool(self.answers[name])

    def _push(self, request: dict[str, Any]) -> dict[str, Any]:
        verdicts = []
        self.batches.append([operation["seq"] for operation in request["operations"]])
        if request["epoch"] == self.epoch + 1:
            self.epoch, self.have_seq = request["epoch"], 0
        if request["epoch"] == self.epoch:
            for operation in request["operations"]:
                if operation["seq"] > self.have_seq + 1:
                    break
                verdicts.append(self._judge(operation))
                self.have_seq = max(self.have_seq, operation["seq"])
        answer = {
            "nonce": request["nonce"],
            "incarnation": "one",
            "server_time": NOW,
            "epoch": self.epoch,
            "have_seq": self.have_seq,
            "verdicts": verdicts,
        }
        self.twist(answer)
        return answer

    def _judge(self, operation: dict[str, Any]) -> dict[str, Any]:
        key = operation["key"]
        if key in self.verdicts:
            return {**self.verdicts[key], "seq": operation["seq"], "replayed": True}
        self.ver += 1
        self.effects[key] = self.effects.get(key, 0) + 1
        self.verdicts[key] = {"key": key, "seq": operation["seq"], "outcome": "accepted", "ver": self.ver}
        return self.verdicts[key]

    def _pull(self) -> dict[str, Any]:
        page = self.pages.pop(0) if self.pages else {}
        return {
            "incarnation": "one",
            "server_time": NOW,
            "ver": self.ver,
            "cursor": f"at-{self.ver}",
            "more": False,
            "reset": False,
            "changes": {},
            **page,
        }
