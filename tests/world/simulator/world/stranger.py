"""A stranger: a till of another make, which asks no rule and sends what it likes, under a name of its own."""

import json
from dataclasses import dataclass
from typing import Any, Final

from common.entropy import new_uuid
from common.times import to_wire
from tests.world.simulator.world.clocks import TillClock
from tests.world.simulator.world.server import SimulatedServer
from tests.world.simulator.world.shop import enrolment_code
from tests.world.simulator.world.wire import Request

NAME: Final = "stranger"

Said = dict[str, Any]


@dataclass(slots=True)
class Stranger:
    """It speaks the protocol by hand. `last` is the last operation that it sent."""

    server: SimulatedServer
    clock: TillClock
    store: str
    token: str = ""
    epoch: int = 1
    seq: int = 0
    last: Said | None = None

    def enrol(self) -> None:
        code = enrolment_code(self.server.office, self.server.timeline, self.store, NAME)
        answer = self._post("/v1/tills/enrol", {"code": code, "app_version": "9", "protocol": 1})
        self.token, self.epoch, self.seq = answer["token"], answer["epoch"], 0

    def operation(self, kind: str, **said: Any) -> Said:
        """The next in its queue."""
        self.seq += 1
        now = self.clock.now()
        return {
            "key": str(new_uuid(now)),
            "seq": self.seq,
            "kind": kind,
            "terms_version": 1,
            "occurred_at": to_wire(now),
            "boot_id": self.clock.boot_id(),
            "uptime_ms": self.clock.uptime_ms(),
        } | said

    def push(self, *operations: Said) -> str:
        """Send them; what was said of each."""
        clock = {
            "sent_at": to_wire(self.clock.now()),
            "boot_id": self.clock.boot_id(),
            "uptime_ms": self.clock.uptime_ms(),
        }
        asked = {
            "protocol": 1,
            "nonce": str(new_uuid(self.clock.now())),
            "epoch": self.epoch,
            "clock": clock,
            "app_version": "9",
            "pending": len(operations),
            "operations": list(operations),
        }
        answer = self._post("/v1/sync/push", asked)
        self.epoch = answer["epoch"]
        self.seq = answer["have_seq"]
        self.last = operations[-1]
        return ", ".join(f"{one['outcome']} {one['code'] or ''}" for one in answer["verdicts"])

    def _post(self, path: str, said: Said) -> Said:
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.token}"}
        reply = self.server.handle(Request("POST", path, headers, json.dumps(said).encode()))
        assert reply is not None
        assert reply.status < 300, reply.body
        answer: Said = json.loads(reply.body)
        return answer
