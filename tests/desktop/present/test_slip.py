"""What a slip says, of cards on a real book; and that every device's trouble has words."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from common.terms import PinPolicy, Terms
from desktop.cashier.engine import NOBODY, Till
from desktop.cashier.stamp import stamp
from desktop.devices.paper import Slip, escpos_bytes
from desktop.devices.printer import PrinterTrouble
from desktop.present.device_sentences import printed, printer_notice, printer_page
from desktop.present.slip import masked_number, read_slip, read_test_slip
from desktop.present.views import ResultKind, Tone
from tests.desktop import shop
from tests.helpers.clock import ManualClock

FREE = Terms(pin_policy=PinPolicy.OFF, timezone="Europe/Luxembourg")
LAST = shop.number(1)[-4:]


def lines(slip: Slip | None) -> list[str]:
    assert slip is not None
    return [line.text for line in slip.lines if line.text]


def slip_of(till: Till, place: int = 1, *, online: bool = True, copy: bool = False) -> Slip | None:
    return read_slip(till, shop.card_id(place), online=online, copy=copy)


def test_a_slip_says_where_which_card_how_much_and_what_for(open_till: Callable[..., Till]) -> None:
    till = open_till(terms=FREE, cards=[shop.card_row(1, 7)])
    slip = slip_of(till)
    assert lines(slip) == [
        "Roast & Co",
        "Gare",
        f"Card ****-****-{LAST}",
        "7 of 10",
        "Reward: Free coffee",
        "3 stamps to go",
        "2026-11-22 11:00, Counter",
    ]
    assert slip is not None
    assert [line.text for line in slip.lines if line.large] == ["Roast & Co", "7 of 10"]
    assert slip.lines[slip.centred - 1].text == ""


@pytest.mark.parametrize(
    ("balance", "said"),
    [(9, "1 stamp to go"), (10, "Ready: Free coffee"), (23, "Ready: 2 x Free coffee")],
)
def test_a_slip_says_how_near_the_reward_is(open_till: Callable[..., Till], balance: int, said: str) -> None:
    till = open_till(terms=FREE, cards=[shop.card_row(1, balance)])
    assert said in lines(slip_of(till))


def test_offline_a_slip_says_how_old_the_balance_is(open_till: Callable[..., Till], clock: ManualClock) -> None:
    till = open_till(terms=FREE, cards=[shop.card_row(1, 7)])
    clock.advance(timedelta(days=2))
    assert "Balance as of 2026-11-22 11:00" in lines(slip_of(till, online=False))
    assert "Not confirmed yet" not in lines(slip_of(till, online=False))
    stamp(till, NOBODY, shop.card_id(1))
    said = lines(slip_of(till, online=False))
    assert said[3:] == [
        "8 of 10",
        "Reward: Free coffee",
        "2 stamps to go",
        "Balance as of 2026-11-22 11:00",
        "Not confirmed yet",
        "2026-11-24 11:00, Counter",
    ]


def test_a_copy_says_that_it_is_one(open_till: Callable[..., Till]) -> None:
    till = open_till(terms=FREE, cards=[shop.card_row(1, 7)])
    assert lines(slip_of(till, copy=True))[:3] == ["Roast & Co", "Gare", "Copy"]
    assert "Copy" not in lines(slip_of(till))


def test_no_slip_names_a_customer_or_a_whole_number(open_till: Callable[..., Till]) -> None:
    till = open_till(terms=FREE, cards=[shop.card_row(1, 7, name="Mia Weber", phone="+352621123456")])
    said = " ".join(lines(slip_of(till)))
    assert "Mia" not in said
    assert "352" not in said
    assert shop.number(1)[:8] not in said.replace("-", "")


def test_a_number_keeps_its_last_four_digits() -> None:
    assert masked_number("123456789012") == "****-****-9012"


def test_a_card_that_nobody_knows_has_no_slip(open_till: Callable[..., Till]) -> None:
    assert slip_of(open_till(terms=FREE), 9) is None


def test_a_test_slip_says_that_it_is_one_and_every_slip_can_be_printed(open_till: Callable[..., Till]) -> None:
    till = open_till(terms=FREE)
    slip = read_test_slip(till)
    assert lines(slip) == ["Roast & Co", "Gare", "Test slip", "This printer works.", "2026-11-22 11:00, Counter"]
    assert b"This printer works.\n" in escpos_bytes(slip)


@pytest.mark.parametrize("trouble", PrinterTrouble)
def test_every_trouble_of_a_printer_is_told_and_is_no_persons_fault(trouble: PrinterTrouble) -> None:
    assert len(printer_notice(trouble)) < 30
    page = printer_page(trouble, "Try again")
    assert page.tone is Tone.WAITING
    result = printed(trouble)
    assert (result.kind, result.title) == (ResultKind.REFUSED, "Not printed")
    assert page.detail.startswith(result.detail)
    assert result.detail.endswith(".")


def test_no_trouble_is_nothing_on_the_strip() -> None:
    assert printer_notice(None) == ""
    assert printed(None).kind is ResultKind.DONE
