"""What hangs in the gallery: for each picture the page, and what is on it, read from a real book."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from common.rules.refusals import RefusalCode, Refused
from desktop.cashier.engine import Till
from desktop.cashier.enrol import enrol
from desktop.cashier.outcome import Recorded, WrongPin
from desktop.cashier.stamp import stamp
from desktop.present.pages import result_view
from desktop.present.pages.cards.further_form import form_view
from desktop.present.pages.cards.further_view import FurtherAct, FurtherView, read_further
from desktop.present.pages.cards.new_card_view import new_card_view
from desktop.present.pages.cards.search_view import read_search
from desktop.present.pages.here import read_here
from desktop.present.pages.idle_view import read_idle
from desktop.present.pages.people.staff_view import Wanted, locked_for_text, pin_answer, pin_view, read_staff
from desktop.present.pages.till.attention_view import read_attention
from desktop.store.book import Book
from desktop.ui.pages.page import Page
from tests.desktop import shop
from tests.desktop.gallery.scene import WORKER, Picture, Scene
from tests.desktop.gallery.till_pages import TILL_PICTURES


def _idle(scene: Scene) -> None:
    view = read_idle(scene.till)
    scene.window.set_title(view.title)
    scene.window.pages.idle.set_view(view)


def _idle_result(scene: Scene) -> None:
    _idle(scene)
    here = read_here(scene.till)
    refused = Refused(RefusalCode.CARD_NOT_FOUND, {})
    scene.window.show_result(result_view.refused(refused, here), stays=True)


def _card(place: int, *, online: bool = True) -> Callable[[Scene], None]:
    return lambda scene: scene.window.pages.card.set_view(scene.card(place, online=online))


def _card_stamped(scene: Scene) -> None:
    """The result over the card, with the button that undoes it; the book is put back as it was."""
    place = 2
    done = _and_back(scene.till, lambda till: stamp(till, WORKER, shop.card_id(place)))
    target = read_here(scene.till).shop.terms.stamps_target
    _card(place)(scene)
    scene.window.show_result(result_view.done(done, online=False, target=target), undoable=True, stays=True)


def _card_refused(scene: Scene) -> None:
    refused = stamp(scene.till, WORKER, shop.card_id(1))
    assert isinstance(refused, Refused), refused
    _card(1)(scene)
    scene.window.show_result(result_view.refused(refused, read_here(scene.till)), stays=True)


def _new_card_found(scene: Scene) -> None:
    scene.window.pages.new_card.begin(shop.token(77), result_view.token_text(shop.token(77)))


def _card_ready(scene: Scene) -> None:
    name = read_here(scene.till).shop.staff[shop.ANA].name
    done = _and_back(scene.till, lambda till: enrol(till, WORKER, shop.token(78), name=name))
    scene.window.pages.card_ready.set_view(new_card_view(done))


def _take_back(scene: Scene) -> None:
    card = scene.card(1)
    scene.window.pages.take_back.begin(card.history[0], card.number)


def _further(scene: Scene) -> None:
    scene.window.pages.further.set_view(_further_view(scene))


def _further_view(scene: Scene) -> FurtherView:
    view = read_further(scene.till, WORKER, shop.card_id(1))
    assert view is not None
    return view


def _form(act: FurtherAct) -> Callable[[Scene], None]:
    def hang(scene: Scene) -> None:
        form = form_view(_further_view(scene), act)
        assert form is not None
        scene.window.pages.further_form.begin(form)

    return hang


def _staff(wanted: Wanted) -> Callable[[Scene], None]:
    return lambda scene: scene.window.pages.staff.set_view(
        read_staff(scene.till, wanted), may_sign_out=wanted is Wanted.ANYBODY
    )


def _pin(scene: Scene) -> None:
    scene.window.pages.pin.set_view(
        pin_answer(scene.worker, WrongPin(attempts_left=2), read_here(scene.till)), may_unlock=False
    )


def _pin_locked(scene: Scene) -> None:
    tile = next(tile for tile in read_staff(scene.till, Wanted.ANYBODY).people if tile.locked)
    scene.window.pages.pin.set_view(pin_view(tile), may_unlock=True)
    scene.window.pages.pin.pad.set_countdown(locked_for_text(tile.locked_for_s))


def _search(scene: Scene) -> None:
    page = scene.window.pages.search
    page.begin()
    page.field.setText("ma")
    page.set_view(read_search(scene.till, "ma"))


def _and_back(till: Till, act: Callable[[Till], object]) -> Recorded:
    """What came of an act, in a copy of the book: the next picture finds it as this one did."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "till.db"
        with till.book.read() as connection, closing(sqlite3.connect(copy)) as target:
            connection.backup(target)
        book = Book.open(copy)
        try:
            done = act(replace(till, book=book))
        finally:
            book.close()
    assert isinstance(done, Recorded)
    return done


PICTURES: Final[dict[str, Picture]] = {
    "idle": Picture(Page.IDLE, _idle),
    "idle-offline": Picture(Page.IDLE, _idle, online=False),
    "idle-result": Picture(Page.IDLE, _idle_result),
    "card": Picture(Page.CARD, _card(1)),
    "card-full": Picture(Page.CARD, _card(2)),
    "card-offline": Picture(Page.CARD, _card(1, online=False), online=False),
    "card-stamped": Picture(Page.CARD, _card_stamped, online=False),
    "card-refused": Picture(Page.CARD, _card_refused),
    "new-card": Picture(Page.NEW_CARD, lambda scene: scene.window.pages.new_card.begin("", "")),
    "new-card-found": Picture(Page.NEW_CARD, _new_card_found),
    "card-ready": Picture(Page.CARD_READY, _card_ready),
    "staff": Picture(Page.STAFF, _staff(Wanted.ANYBODY)),
    "staff-manager": Picture(Page.STAFF, _staff(Wanted.MANAGER)),
    "pin": Picture(Page.PIN, _pin),
    "pin-locked": Picture(Page.PIN, _pin_locked),
    "take-back": Picture(Page.TAKE_BACK, _take_back),
    "card-more": Picture(Page.CARD_MORE, _further),
    "card-form": Picture(Page.CARD_FORM, _form(FurtherAct.TAKE_STAMPS)),
    "card-form-lost": Picture(Page.CARD_FORM, _form(FurtherAct.REPLACE)),
    "card-form-block": Picture(Page.CARD_FORM, _form(FurtherAct.BLOCK)),
    "attention": Picture(
        Page.ATTENTION, lambda scene: scene.window.pages.attention.set_items(read_attention(scene.till))
    ),
    "attention-none": Picture(Page.ATTENTION, lambda scene: scene.window.pages.attention.set_items(())),
    "search": Picture(Page.SEARCH, _search),
    **TILL_PICTURES,
}
"""By the names of their files."""
