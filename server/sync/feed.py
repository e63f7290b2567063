"""Feed: one page of what a till must know.

A cursor is opaque to tills. To the server it says how far a till has come: the version, and inside a snapshot the place
in it. It is bound to the server's incarnation and to the till's PIN key, so that a restored server, and a till that
enrolled again, begin with a snapshot.

A snapshot is read by id, over many pages, while the shop goes on. What changed since it began follows by version, still
as part of it; only then are the till's rows of one moment, and `more` becomes false.

A page that ends at head may carry what a till checks its cards by, or one bucket of them whole (docs/sync.md). Being
read in the page's own transaction, both are of the page's version, however much goes on in the shop.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import pydantic_core
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Engine, Row

from common.card_digest import history_since
from common.pin import verifier
from common.times import to_wire
from common.wire.problem import ProblemCode
from common.wire.pull import HISTORY_DAYS, CardDigest
from common.wire.push import Outcome
from server.store import feed as store
from server.store.agreement.digest import bucket_rows
from server.store.agreement.digests import Digests
from server.store.engine import in_transaction
from server.store.recovery.recoveries import told_incarnation
from server.store.tills import Till, find_till
from server.sync.recovery.receipt import Seal, issue

CURSOR_LENGTH_MAX: Final = 512


class Cursor(BaseModel):
    """How far a till has come.

    Attributes:
        bound_to: fingerprint of incarnation and PIN key.
        ver: the version that the till's rows have reached, or that its snapshot began at.
        table, place: where in a snapshot; None outside of one, and when all its rows are sent.
        reset: a snapshot is under way.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    bound_to: str
    ver: int
    table: str | None = None
    place: UUID | None = None
    reset: bool = False

    def encode(self) -> str:
        return base64.urlsafe_b64encode(pydantic_core.to_json(self)).decode().rstrip("=")


def read_cursor(text: str | None, bound_to: str, head: int) -> Cursor | None:
    """The cursor in `text`; None, which means a snapshot, for one that this server cannot honour."""
    if text is None or len(text) > CURSOR_LENGTH_MAX:
        return None
    try:
        cursor = Cursor.model_validate_json(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return None
    inside_snapshot = cursor.reset and cursor.table in store.SNAPSHOT_TABLES
    outside = cursor.table is None and cursor.place is None
    honoured = cursor.bound_to == bound_to and (inside_snapshot or outside) and 0 <= cursor.ver <= head
    return cursor if honoured else None


def held_cursor(text: str) -> Cursor | None:
    """The cursor of a till whose rows are whole, of whichever life of the data; None for one inside a snapshot.

    While a recovery is under way such a till keeps its rows: they know more than the data does that fell behind. It is
    told nothing new, and gets its snapshot once the data is whole again.
    """
    if len(text) > CURSOR_LENGTH_MAX:
        return None
    try:
        cursor = Cursor.model_validate_json(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return None
    return None if cursor.reset else cursor


@dataclass(frozen=True, slots=True)
class Page:
    """A page, its rows already in JSON by table.

    Attributes:
        position: the till's epoch and the last seq of it that is here.
        beside: what only some pages carry, in JSON by field.
    """

    incarnation: str
    cursor: Cursor
    ver: int
    more: bool
    reset: bool
    position: tuple[int, int]
    changes: dict[str, str] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)

    def to_json(self, *, server_time: datetime) -> bytes:
        envelope = {
            "incarnation": self.incarnation,
            "server_time": to_wire(server_time),
            "ver": self.ver,
            "cursor": self.cursor.encode(),
            "more": self.more,
            "reset": self.reset,
            "epoch": self.position[0],
            "have_seq": self.position[1],
        }
        parts = {"changes": _object(self.changes), **self.beside}
        return f"{pydantic_core.to_json(envelope).decode()[:-1]},{_object(parts)[1:]}".encode()


def _object(parts: dict[str, str]) -> str:
    return "{" + ",".join(f'"{name}":{json}' for name, json in parts.items()) + "}"


@dataclass(frozen=True, slots=True)
class Check:
    """What a till wants to check its cards by, once it is at head.

    Attributes:
        digests: from which the digest comes, if it asks for that.
        bucket: of which it wants all rows.
    """

    digests: Digests | None = None
    bucket: int | None = None


def next_page(
    engine: Engine,
    token_sha256: bytes,
    cursor_text: str | None,
    limit: int,
    *,
    now: datetime,
    incarnation: str,
    receipt_key: bytes | None = None,
    check: Check | None = None,
) -> Page | ProblemCode:
    """The page after a cursor. `engine` must run REPEATABLE READ: a page is of one moment. Raises DatabaseBusy.

    Without a `receipt_key` its verdicts carry no receipts.
    """

    def work(connection: Connection) -> Page | ProblemCode:
        till = find_till(connection, token_sha256, lock=False)
        if till is None:
            return ProblemCode.TOKEN_INVALID
        if till.revoked_at is not None:
            return ProblemCode.TILL_REVOKED
        told = told_incarnation(incarnation, till.recovery_id)
        seal = None if receipt_key is None else partial(issue, receipt_key, till.merchant_id, told)
        feed = _Feed(connection, till, limit, now, told, seal)
        head = store.head(connection, till)
        bound_to = _fingerprint(told, till)
        cursor = read_cursor(cursor_text, bound_to, head)
        if cursor is None and till.recovering and cursor_text is not None:
            held = held_cursor(cursor_text)
            if held is not None:
                return Page(told, held, held.ver, False, False, (till.epoch, till.have_seq))
        if cursor is None:
            return feed.snapshot(_beginning(bound_to, head), first=True)
        store.note_terms(connection, till, ver=0 if cursor.reset else cursor.ver, now=now)
        if cursor.table is not None:
            return feed.snapshot(cursor)
        page = feed.changes(cursor, head)
        return page if check is None or page.more or page.reset else feed.checked(page, check)

    return in_transaction(engine, work)


def _beginning(bound_to: str, head: int) -> Cursor:
    first = store.SNAPSHOT_TABLES[0]
    return Cursor(bound_to=bound_to, ver=head, table=first, reset=True)


def _fingerprint(incarnation: str, till: Till) -> str:
    """64 bits: it guards against a mix-up, not against an attacker, who could only confuse his own till."""
    return hashlib.sha256(incarnation.encode() + till.pin_key).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Feed:
    connection: Connection
    till: Till
    limit: int
    now: datetime
    told: str
    seal: Seal | None

    def changes(self, cursor: Cursor, head: int) -> Page:
        """What changed since the cursor's version."""
        end = store.page_end(self.connection, self.till, after=cursor.ver, limit=self.limit)
        until = head if end is None else end
        rows = store.changes(self.connection, self.till, after=cursor.ver, until=until)
        more = until < head
        following = Cursor(bound_to=cursor.bound_to, ver=until, reset=cursor.reset and more)
        return self._page(following, until, rows | self._staff(cursor.ver, until), more=more, reset=cursor.reset)

    def snapshot(self, cursor: Cursor, *, first: bool = False) -> Page:
        """The next rows by id, over as many tables as fill the page; the small tables whole on the first."""
        rows: dict[str, str] = {}
        if first:
            whole = store.whole_tables(self.connection, self.till, until=cursor.ver)
            rows |= whole | self._staff(0, cursor.ver)
        room = self.limit
        table, place = cursor.table, cursor.place
        while table is not None and room > 0:
            part = store.snapshot_part(
                self.connection,
                self.till,
                table,
                place=place,
                limit=room,
                history_since=self.now - timedelta(days=HISTORY_DAYS),
            )
            if part.sent:
                rows[table] = part.rows
            table, place = (_table_after(table), None) if part.sent < room else (table, part.last)
            room -= part.sent
        following = cursor.model_copy(update={"table": table, "place": place})
        return self._page(following, cursor.ver, rows, more=True, reset=True)

    def _page(self, following: Cursor, ver: int, rows: dict[str, str], *, more: bool, reset: bool) -> Page:
        if "verdicts" in rows:
            rows = rows | {"verdicts": _with_receipts(rows["verdicts"], self.seal)}
        return Page(self.told, following, ver, more, reset, (self.till.epoch, self.till.have_seq), rows)

    def checked(self, page: Page, check: Check) -> Page:
        """The page with what the till's cards must amount to, or with the rows of a bucket, at the page's version."""
        since, beside = history_since(self.now), {}
        if check.digests is not None:
            buckets = check.digests.find(self.connection, self.till, ver=page.ver, history_since=since)
            if buckets is not None:
                beside["digest"] = CardDigest(history_since=since, buckets=buckets).model_dump_json()
        if check.bucket is not None:
            rows = bucket_rows(self.connection, self.till, check.bucket, history_since=since)
            said = {"bucket": str(check.bucket), "history_since": f'"{to_wire(since)}"'}
            beside["bucket"] = _object(said | rows)
        return replace(page, beside=beside)

    def _staff(self, after: int, until: int) -> dict[str, str]:
        staff = [
            _staff_row(row, self.till) for row in store.staff(self.connection, self.till, after=after, until=until)
        ]
        return {"staff": pydantic_core.to_json(staff).decode()} if staff else {}


def _with_receipts(rows: str, seal: Seal | None) -> str:
    """Verdicts as the wire has them. They are one till's own, few beside the rest of the feed: done here, not there."""
    verdicts = json.loads(rows)
    for verdict in verdicts:
        digest = verdict.pop("digest")
        if seal is not None and digest is not None and verdict["outcome"] != Outcome.PARKED:
            verdict["receipt"] = seal(bytes.fromhex(digest), verdict)
    return json.dumps(verdicts, separators=(",", ":"))


def _table_after(table: str) -> str | None:
    following = store.SNAPSHOT_TABLES.index(table) + 1
    return store.SNAPSHOT_TABLES[following] if following < len(store.SNAPSHOT_TABLES) else None


def _staff_row(row: Row[Any], till: Till) -> dict[str, Any]:
    """A member of staff for one till: the verifier is made with that till's key, the hash itself stays here."""
    has_pin = row.pin_hash is not None
    return {
        "id": row.staff_id,
        "name": row.name,
        "role": row.role,
        "store_ids": row.store_ids,
        "salt": base64.b64encode(row.salt).decode() if has_pin else None,
        "cost": {name: getattr(row, name) for name in ("time_cost", "memory_kib", "parallelism")} if has_pin else None,
        "verifier": base64.b64encode(verifier(till.pin_key, bytes(row.pin_hash))).decode() if has_pin else None,
        "inactive_since": None if row.inactive_since is None else to_wire(row.inactive_since),
        "ver": row.ver,
    }
