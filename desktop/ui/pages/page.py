"""The names of the window's pages."""

from enum import Enum, auto


class Page(Enum):
    """One is shown at a time."""

    IDLE = auto()
    CARD = auto()
    CARD_MORE = auto()
    CARD_FORM = auto()
    NEW_CARD = auto()
    CARD_READY = auto()
    STAFF = auto()
    PIN = auto()
    TAKE_BACK = auto()
    ATTENTION = auto()
    SEARCH = auto()
    SHIFT = auto()
    SETTINGS = auto()
    DIAGNOSTICS = auto()
    MENU = auto()
    OFFLINE = auto()
    TRAINING = auto()
    LEAVING = auto()
    ENROL = auto()
    NOTICE = auto()
