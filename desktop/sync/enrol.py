"""Enrol: a code made on the server becomes this till's identity, token and PIN key.

What if it dies between any two steps? Before the answer: nothing was changed here, at worst the code is used up. The
secrets are kept before the book's commit: a till whose book does not know of them yet is enrolled with another code.
"""

import sqlite3
from collections.abc import Callable
from typing import Final

from common.clock import Clock
from common.ids import TillId
from common.version import VERSION
from common.wire.base import PROTOCOL
from common.wire.enrol import EnrolRequest, EnrolResponse
from common.wire.push import MissingPlace
from desktop.secrets import TillSecrets
from desktop.store import identity, operations
from desktop.store.book import Book
from desktop.store.identity import Identity, SecretsPlace
from desktop.store.recovery import numbering
from desktop.store.setback import regained
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.answers import contact_of, read_answer
from desktop.sync.line.failures import Failure, NotOurs
from desktop.sync.line.link import Answer, Link
from desktop.sync.outcomes import Enrolled, OtherMerchant

PATH: Final = "/v1/tills/enrol"
DEADLINE_S: Final = 30.0
CODE_LENGTH_MAX: Final = 40

KeepSecrets = Callable[[TillId, TillSecrets], SecretsPlace]
"""Keeps a till's secrets and says where. Raises SecretsUnwritable."""


def enrol_till(
    book: Book, link: Link, clock: Clock, *, server: ServerAddress, code: str, keep_secrets: KeepSecrets
) -> Enrolled | OtherMerchant | Failure:
    """Use up `code`, and record who this till is from now on. An existing queue stays and is numbered anew.

    `link` has no token. Raises KnownTrouble of the book and of the place of the secrets; the book is then as it was.
    """
    request = EnrolRequest(code=code.strip()[:CODE_LENGTH_MAX] or "-", app_version=VERSION, protocol=PROTOCOL)
    answer = link.post(PATH, request.model_dump_json().encode(), deadline_s=DEADLINE_S)
    if not isinstance(answer, Answer):
        return answer
    response = read_answer(answer, EnrolResponse)
    if isinstance(response, NotOurs):
        return response
    with book.write() as connection:
        before = identity.find(connection)
        if before is not None and before.merchant_id != response.merchant.id:
            return OtherMerchant(before.merchant_name, response.merchant.name)
        place = keep_secrets(response.till.id, TillSecrets(response.token, response.pin_key))
        identity.save_enrolment(
            connection,
            response,
            server_url=server.url,
            secrets_place=place,
            contact=contact_of(answer, response.server_time, clock),
        )
        _number_anew(connection, before, response)
    return Enrolled(response.till.name, response.store.name, response.merchant.name, place, again=before is not None)


def _number_anew(connection: sqlite3.Connection, before: Identity | None, response: EnrolResponse) -> None:
    """Number what waits for the new epoch, and ask for what an older copy of this till's book may lack."""
    behind: MissingPlace | None = None
    if before is not None and before.till_id == response.till.id:
        acked = operations.acked(connection)
        behind = MissingPlace(epoch=before.epoch, seq=0 if acked is None else acked.seq)
    elif before is not None:
        numbering.begin_as_another_till(connection)
    numbering.renumber(connection, response.epoch)
    regained.await_behind(connection, behind)
