"""Enrolling from the window: the address as it was typed, the code, and in words why it did not work.

Imports the HTTP library, so the window loads this file when somebody presses "Connect", on its worker.
"""

from pathlib import Path

from common.ids import TillId
from desktop.cashier.engine import Till
from desktop.flow.first_run import Attempt, full_address
from desktop.present.exchange_sentences import enrolment_refusal, failure_sentence, other_merchant_sentence
from desktop.present.pages.till.first_run_view import address_problem, given_up
from desktop.secrets import TillSecrets, keep_new
from desktop.store.identity import SecretsPlace
from desktop.sync.enrol import enrol_till
from desktop.sync.line.address import AddressProblem, read_address
from desktop.sync.line.failures import Unreachable, UnreachableReason
from desktop.sync.line.link import Link
from desktop.sync.outcomes import Enrolled, OtherMerchant


def enrol_here(till: Till, data_dir: Path, address: str, code: str, attempt: Attempt) -> str | None:
    """Make this computer a till of the shop that `code` belongs to; None, or a sentence that says why it is none.

    The till has its new secrets at once. Takes as long as the network does, unless `attempt` is given up. Raises
    SecretsUnwritable, and KnownTrouble of the book; either way the book is as it was.
    """
    server = read_address(full_address(address))
    if isinstance(server, AddressProblem):
        return address_problem(server, address)

    def keep(till_id: TillId, secrets: TillSecrets) -> SecretsPlace:
        with till.secrets_lock:
            place = keep_new(till_id, secrets, data_dir)
            till.secrets = secrets
        return place

    link = Link(server, None, till.clock)
    attempt.begin(link.cancel)
    try:
        done = enrol_till(till.book, link, till.clock, server=server, code=code, keep_secrets=keep)
    finally:
        link.close()
    match done:
        case Enrolled():
            return None
        case OtherMerchant():
            return other_merchant_sentence(done)
        case Unreachable(reason=UnreachableReason.CANCELLED):
            return given_up()
        case failure:
            return enrolment_refusal(failure) or failure_sentence(failure, server.url)
