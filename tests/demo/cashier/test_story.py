"""The demo's story on a small shop, and on a shop in which the law is another: its expectations can fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from common.clock import SystemClock
from desktop.main import make_runner, open_till
from desktop.settings import load_settings
from server.merchant.apply import apply_shop_file
from server.merchant.shop_file import parse_shop_file
from server.store import migrate
from tests.demo.cashier.cast import find_cast
from tests.demo.cashier.engine_hands import EngineHands
from tests.demo.cashier.report import Broken, Report
from tests.demo.cashier.story import Story
from tests.demo.counter import open_counter
from tests.demo.hub.network import Network
from tests.demo.places import Places
from tests.demo.scripted import KNOWN
from tests.demo.shop import GARE, KIRCHBERG, SLUG, TILL_NAME, shop_file
from tests.helpers.real_hub import running_hub

Tell = Callable[[str], Report]


@pytest.fixture
def tell(fresh_database: Callable[..., str], tmp_path: Path) -> Tell:
    """`tell(shop_file)` tells the story in an empty shop; the cards are brought over from paper."""

    def tell(file: str) -> Report:
        clock, places = SystemClock(), Places(tmp_path / "data", tmp_path / "out")
        report = Report("A test.", clock, KNOWN)
        with (
            running_hub(fresh_database(migrate.upgrade), tmp_path / "hub", clock) as hub,
            Network({}) as network,
            open_counter(places.till(KIRCHBERG), clock) as other,
        ):
            network.lead_to(hub.url)
            apply_shop_file(hub.engine, parse_shop_file(file, name="shop.toml"), clock, file_name="shop.toml")
            with open_counter(places.till(GARE), clock) as gare:
                for store, counter in ((GARE, gare), (KIRCHBERG, other)):
                    counter.enrol(network.relays[store].url, hub.code(till=TILL_NAME, store=store, slug=SLUG))
                    counter.sync()
            with _hands(places.till(GARE)) as hands, suppress(Broken):
                Story(hands, other, find_cast(other), network, report, places.out).tell()
        return report

    return tell


@contextmanager
def _hands(folder: Path) -> Iterator[EngineHands]:
    settings = load_settings(folder)
    with open_till(settings, SystemClock()) as till:
        runner = make_runner(till, settings)
        runner.start()
        try:
            yield EngineHands(till, runner, settings, patience_ms=10_000)
        finally:
            runner.stop()


def test_in_an_honest_shop_every_expectation_holds(tell: Tell) -> None:
    report = tell(shop_file())
    assert report.holds, report.summary()
    assert len(report.steps) == 17


def test_without_a_cooldown_the_refusal_and_the_rejection_are_missed_by_name(tell: Tell) -> None:
    report = tell(shop_file(cooldown_minutes=0))
    assert not report.holds
    missed = {step.title for step, _ in report.failed}
    assert {"A second stamp at once is refused", "The network is back"} <= missed
    assert "A second stamp at once is refused: What was recorded. Expected nothing, seen a stamp" in report.summary()
