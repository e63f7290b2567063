"""Begin a new card."""

from common.entropy import new_uuid
from common.ids import CardId
from common.rules import asks
from common.rules.refusals import Refused
from common.wire.operations import EnrolOperation
from desktop.cashier.counter.codes import fresh_codes
from desktop.cashier.counter.desk import told, writing
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import AlreadyACard, Mistyped, Recorded, Unreadable, Unusable
from desktop.store.cards import KnownCard
from desktop.store.operations import Trace
from desktop.store.search.keys import own_key


def enrol(
    till: Till,
    by: By,
    code: str | None = None,
    *,
    name: str | None = None,
    phone: str | None = None,
    email: str | None = None,
) -> Recorded | Refused | Unusable | AlreadyACard | Mistyped | Unreadable:
    """Begin a card from the scan of a blank one (`code`: its token or number), or with codes of this till's own.

    AlreadyACard where this till knows a card with that code: the server would merge the two, so nothing is recorded
    and that card is used. Another till's card that has not arrived here yet is merged by the server.
    """
    with writing(till) as desk:
        codes = fresh_codes(desk, code)
        if isinstance(codes, Mistyped | Unreadable):
            return codes
        number, token = codes
        taken = desk.card_by_code(token) or desk.card_by_code(number)
        if taken is not None:
            return AlreadyACard(taken)
        card_id = CardId(new_uuid(desk.at))
        approved = desk.judge(
            by,
            asks.Enrol(card_id, number, token),
            None,
            number_holder=desk.holder(number),
            token_holder=desk.holder(token),
        )
        if isinstance(approved, Refused):
            return approved
        name, phone, email = _kept(name), _kept(phone), _kept(email)
        operation = desk.operation(
            EnrolOperation, by, card_id, number=number, token=token, name=name, phone=phone, email=email
        )
        if isinstance(operation, Unusable):
            return operation
        known = KnownCard(
            card_id=card_id,
            number=number,
            token=token,
            store_id=desk.shop.store_id,
            name=name,
            phone=phone,
            email=email,
            synced=False,
        )
        trace = Trace(number=number, token=token, found_by=own_key(name, phone, email))
        done = desk.record(operation, approved, known, (), trace)
    return told(till, done)


def _kept(text: str | None) -> str | None:
    return (text or "").strip() or None
