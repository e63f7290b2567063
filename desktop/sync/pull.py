"""Pull: one page of the feed from the server into the book.

What if it dies between any two steps? Page and cursor are one transaction, so a page is applied whole or asked for
again. A snapshot is gathered aside over many such transactions, and goes on where it stopped; the old rows serve until
its last page puts it in their place.
"""

import logging
import sqlite3
from typing import Final

from common.clock import Clock
from common.wire.pull import PullResponse
from desktop.store import contact, identity, synced
from desktop.store.agreement.agreement import Agreement
from desktop.store.agreement.mending import Mending, mend
from desktop.store.book import Book
from desktop.store.file import pruning
from desktop.store.identity import Enrolment, Identity
from desktop.store.recovery import numbering
from desktop.sync.line.answers import contact_of, read_answer
from desktop.sync.line.failures import Failure, NotOurs
from desktop.sync.line.link import Answer, Link
from desktop.sync.outcomes import Pulled

PATH: Final = "/v1/sync/pull"
DEADLINE_S: Final = 60.0

_log = logging.getLogger(__name__)


def pull_once(book: Book, link: Link, clock: Clock, agreement: Agreement, *, limit: int) -> Pulled | Failure:
    """Fetch and apply the next page, at most `limit` rows where versions allow, with what `agreement` asks beside it.

    Raises KnownTrouble of the book; the network's failures are values.
    """
    with book.read() as connection:
        asked = identity.load(connection)
    params: dict[str, str | int] = {"limit": limit, **agreement.question(asked)}
    if asked.cursor is not None:
        params["cursor"] = asked.cursor
    answer = link.get(PATH, params, deadline_s=DEADLINE_S)
    if not isinstance(answer, Answer):
        return answer
    page = read_answer(answer, PullResponse)
    if isinstance(page, NotOurs):
        return page
    mending = agreement.examine(asked, page)
    with book.write() as connection:
        met = synced.meet_incarnation(connection, page.incarnation)
        applied = _apply(connection, asked, page, mending, contact_of(answer, page.server_time, clock))
    if applied:
        agreement.applied(page, mending)
    return Pulled((page.more and applied) or agreement.wants_bucket, met=met)


def _apply(
    connection: sqlite3.Connection,
    asked: Identity,
    page: PullResponse,
    mending: Mending | None,
    made: contact.Contact,
) -> bool:
    till = identity.load(connection)
    if (till.till_id, till.cursor) != (asked.till_id, asked.cursor):
        # The till was enrolled again, or its cursor voided, while this page was on its way: it fits no longer.
        _log.info("a page for another cursor was dropped")
        return False
    contact.record(connection, made)
    identity.record_pull(connection, made.server_time)
    identity.set_enrolment(connection, Enrolment.ENROLLED)
    if page.have_seq is not None and numbering.rewind(connection, page.have_seq, page.epoch):
        # First the server is offered what it has forgotten: its rows may know less than those that are here.
        _log.info("the server has this till's operations up to %d only", page.have_seq)
        synced.forget_snapshot(connection)
        return False
    if page.reset and page.more:
        synced.stage_page(connection, page)
    elif page.reset:
        synced.finish_snapshot(connection, page)
    elif mending is not None and mending.report is not None:
        mend(connection, mending)
        synced.apply_page(connection, page)
    elif not _says_nothing_new(till, page):
        synced.apply_page(connection, page)
    if page.digest is not None:
        # It ends at head, and comes once an hour.
        pruning.prune(connection, page.server_time)
    return True


def _says_nothing_new(till: Identity, page: PullResponse) -> bool:
    """Most pages. They leave the synced rows as they are, and what was remembered of them good."""
    return page.cursor == till.cursor
