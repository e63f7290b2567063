"""Every page of the window, made once and shown in turn."""

from dataclasses import dataclass
from typing import Self

from desktop.ui.pages.cards.card import CardPage
from desktop.ui.pages.cards.further import FurtherPage
from desktop.ui.pages.cards.further_form import FurtherFormPage
from desktop.ui.pages.cards.new_card import CardReadyPage, NewCardPage
from desktop.ui.pages.cards.search import SearchPage
from desktop.ui.pages.cards.take_back import TakeBackPage
from desktop.ui.pages.idle import IdlePage
from desktop.ui.pages.page import Page
from desktop.ui.pages.people.staff import PinPage, StaffPage
from desktop.ui.pages.till.attention import AttentionPage
from desktop.ui.pages.till.diagnostics import DiagnosticsPage
from desktop.ui.pages.till.first_run.frame import EnrolPage
from desktop.ui.pages.till.leaving import LeavingPage
from desktop.ui.pages.till.menu import MenuPage
from desktop.ui.pages.till.notice import NoticePage
from desktop.ui.pages.till.offline import OfflinePage
from desktop.ui.pages.till.settings import SettingsPage
from desktop.ui.pages.till.shift import ShiftPage
from desktop.ui.pages.till.training import TrainingPage
from desktop.ui.theme.theme import Theme

AnyPage = (
    IdlePage
    | CardPage
    | FurtherPage
    | FurtherFormPage
    | NewCardPage
    | CardReadyPage
    | StaffPage
    | PinPage
    | TakeBackPage
    | AttentionPage
    | SearchPage
    | ShiftPage
    | SettingsPage
    | DiagnosticsPage
    | MenuPage
    | OfflinePage
    | TrainingPage
    | LeavingPage
    | EnrolPage
    | NoticePage
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllPages:
    """The pages, by their names."""

    idle: IdlePage
    card: CardPage
    further: FurtherPage
    further_form: FurtherFormPage
    new_card: NewCardPage
    card_ready: CardReadyPage
    staff: StaffPage
    pin: PinPage
    take_back: TakeBackPage
    attention: AttentionPage
    search: SearchPage
    shift: ShiftPage
    settings: SettingsPage
    diagnostics: DiagnosticsPage
    menu: MenuPage
    offline: OfflinePage
    training: TrainingPage
    leaving: LeavingPage
    enrol: EnrolPage
    notice: NoticePage

    @classmethod
    def make(cls, theme: Theme) -> Self:
        return cls(
            idle=IdlePage(theme),
            card=CardPage(theme),
            further=FurtherPage(theme),
            further_form=FurtherFormPage(theme),
            new_card=NewCardPage(theme),
            card_ready=CardReadyPage(theme),
            staff=StaffPage(theme),
            pin=PinPage(theme),
            take_back=TakeBackPage(theme),
            attention=AttentionPage(theme),
            search=SearchPage(theme),
            shift=ShiftPage(theme),
            settings=SettingsPage(theme),
            diagnostics=DiagnosticsPage(theme),
            menu=MenuPage(theme),
            offline=OfflinePage(theme),
            training=TrainingPage(theme),
            leaving=LeavingPage(theme),
            enrol=EnrolPage(theme),
            notice=NoticePage(theme),
        )

    def by_page(self) -> dict[Page, AnyPage]:
        """What each page is drawn by."""
        return {
            Page.IDLE: self.idle,
            Page.CARD: self.card,
            Page.CARD_MORE: self.further,
            Page.CARD_FORM: self.further_form,
            Page.NEW_CARD: self.new_card,
            Page.CARD_READY: self.card_ready,
            Page.STAFF: self.staff,
            Page.PIN: self.pin,
            Page.TAKE_BACK: self.take_back,
            Page.ATTENTION: self.attention,
            Page.SEARCH: self.search,
            Page.SHIFT: self.shift,
            Page.SETTINGS: self.settings,
            Page.DIAGNOSTICS: self.diagnostics,
            Page.MENU: self.menu,
            Page.OFFLINE: self.offline,
            Page.TRAINING: self.training,
            Page.LEAVING: self.leaving,
            Page.ENROL: self.enrol,
            Page.NOTICE: self.notice,
        }
