"""A listener's note: the newest version and nothing that piles up."""

import asyncio
import uuid

from common.ids import MerchantId, TillId
from server.store.wake.listen import Listener, Told, Wake

MERCHANT = MerchantId(uuid.UUID(int=7))
TILL = TillId(uuid.UUID(int=8))
PATIENCE_S = 20.0


def test_of_many_versions_only_the_newest_is_kept_in_whatever_order_they_came() -> None:
    async def scenario() -> None:
        listener = Listener(TILL)
        for ver in (3, 10_000, 9_999):
            listener.tell(ver)
        assert await listener.wait(PATIENCE_S) == Told(10_000, look_again=False)
        assert await listener.wait(0) is None
        listener.tell(None)
        listener.tell(11)
        assert await listener.wait(PATIENCE_S) == Told(11, look_again=True)
        listener.tell(12)
        assert await listener.wait(PATIENCE_S) == Told(12, look_again=False)

    asyncio.run(scenario())


def test_nothing_is_kept_of_a_merchant_nobody_listens_for() -> None:
    wake = Wake("postgresql+psycopg://nobody@127.0.0.1/nothing")
    with wake.listening(MERCHANT, TILL) as one, wake.listening(MERCHANT, TILL) as other:
        assert one is not other
        assert list(wake.listeners) == [MERCHANT]
    assert wake.listeners == {}
