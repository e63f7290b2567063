"""The pictures of the pages about the till itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from desktop.flow.first_run import FirstRun, Step
from desktop.flow.training import Sample, TrainingCard
from desktop.preferences import Preferences
from desktop.present import till_words
from desktop.present.exchange_sentences import failure_sentence
from desktop.present.language import in_use, tr
from desktop.present.pages.people.shift_view import read_shift_view
from desktop.present.pages.till import notice_view
from desktop.present.pages.till.diagnostics_view import Surroundings, read_diagnostics
from desktop.present.pages.till.first_run_view import ScanView, read_shop, scan_view
from desktop.present.pages.till.offline_view import read_offline
from desktop.present.views import NoticeView
from desktop.sync.line.failures import Unreachable, UnreachableReason
from desktop.ui.pages.page import Page
from tests.desktop import shop
from tests.desktop.gallery.scene import ONLINE, Picture, Scene

_SERVER: Final = "https://stamps.example.com"


def _settings(scene: Scene) -> None:
    preferences = Preferences(language=in_use(), printer="192.168.1.40")
    scene.window.pages.settings.set_preferences(preferences)


def _diagnostics(scene: Scene) -> None:
    around = Surroundings(
        qt_version="6.11.3",
        data_dir=Path("/var/lib/tillstamp"),
        printer="192.168.1.40",
        player="pw-play",
        sync=ONLINE,
    )
    scene.window.pages.diagnostics.set_view(read_diagnostics(scene.till, around))


def _training(scene: Scene) -> None:
    cards = [
        TrainingCard(sample, name, shop.number(50 + place), shop.token(50 + place))
        for place, (sample, name) in enumerate(zip(Sample, ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn"), strict=True))
    ]
    scene.window.pages.training.set_cards(cards)
    scene.window.set_watermark(tr(till_words.TRAINING))


def _first_run(run: FirstRun) -> Callable[[Scene], None]:
    def hang(scene: Scene) -> None:
        scene.window.strip.hide()
        page = scene.window.pages.enrol
        page.set_run(run)
        page.sound.set_possible(possible=True)
        match run.step:
            case Step.SHOP:
                page.set_shop(read_shop(scene.till, ONLINE))
            case Step.SCANNER:
                page.set_scan(_scan())
            case _:
                pass

    return hang


def _scan() -> ScanView:
    return scan_view(shop.token(3), longest_gap_ms=12, limit_ms=50)


def _refused(scene: Scene) -> None:
    run = FirstRun(step=Step.SERVER, again=True, address=_SERVER, code="K7QF-2M9D")
    _first_run(run)(scene)
    scene.window.strip.show()
    scene.window.pages.enrol.say(failure_sentence(Unreachable(UnreachableReason.CERTIFICATE_TIME), _SERVER))


def _notice(notice: NoticeView) -> Callable[[Scene], None]:
    return lambda scene: scene.window.pages.notice.set_view(notice_view.told(notice))


TILL_PICTURES: Final[dict[str, Picture]] = {
    "shift": Picture(Page.SHIFT, lambda scene: scene.window.pages.shift.set_view(read_shift_view(scene.till))),
    "settings": Picture(Page.SETTINGS, _settings),
    "menu": Picture(Page.MENU, lambda _: None),
    "diagnostics": Picture(Page.DIAGNOSTICS, _diagnostics),
    "offline": Picture(Page.OFFLINE, lambda scene: scene.window.pages.offline.set_view(read_offline(scene.till))),
    "training": Picture(Page.TRAINING, lambda scene: scene.window.pages.training.set_cards(())),
    "training-cards": Picture(Page.TRAINING, _training),
    "leaving": Picture(Page.LEAVING, lambda scene: scene.window.pages.leaving.set_waiting(12)),
    **{f"first-run-{step}": Picture(Page.ENROL, _first_run(FirstRun(step=step, address=_SERVER))) for step in Step},
    "enrol-refused": Picture(Page.ENROL, _refused),
    "notice": Picture(Page.NOTICE, _notice(notice_view.MUST_ENROL_AGAIN)),
    "notice-fetching": Picture(Page.NOTICE, _notice(notice_view.FETCHING)),
    "notice-bug": Picture(Page.NOTICE, _notice(notice_view.BUG)),
}
