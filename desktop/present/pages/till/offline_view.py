"""What works without the server, by this shop's own rules, and until when."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from common.rules.connection import longest_wait
from common.terms import OfflineRedemption, PinPolicy
from desktop.cashier.engine import Till
from desktop.cashier.looking import activity
from desktop.present.language import N_, NN_, ntr, tr
from desktop.present.pages.here import Here, read_here
from desktop.present.views import Tone

_STAMP: Final = N_("Stamp")
_STAMP_HOW: Final = N_("Yes, by all the shop's rules, with what this till knows of the card.")
_STAMP_NEVER: Final = N_("This shop's program gives no stamps.")
_REWARD: Final = N_("Hand out a reward")
_REWARDS: Final = {
    OfflineRedemption.NEVER: (Tone.NEUTRAL, N_("No. This shop wants the server to confirm each reward first.")),
    OfflineRedemption.CONFIRMED: (
        Tone.WAITING,
        N_("Where the confirmed stamps are enough. Stamps that still wait do not count for it."),
    ),
    OfflineRedemption.PROVISIONAL: (Tone.OK, N_("Yes. Stamps that still wait count, too.")),
}
_TAKE_BACK: Final = N_("Take back")
_TAKE_BACK_HOW: Final = NN_("Yes, up to {count} day back.", "Yes, up to {count} days back.")
_TAKE_BACK_UNDO: Final = N_("Within a minute, by who gave it. This shop takes nothing else back.")
_NEW_CARD: Final = N_("New card, lost card, block")
_NEW_CARD_HOW: Final = N_("Yes. Numbers come from this till's own block, so no other till makes the same.")
_SEARCH: Final = N_("Search and look up")
_SEARCH_HOW: Final = N_("Yes, in all cards as of {moment}.")
_PINS: Final = N_("PINs and a manager's approval")
_PINS_HOW: Final = N_("Yes. They are checked on this till.")
_PINS_OFF: Final = N_("Nobody is asked for a PIN in this shop.")
_OTHERS: Final = N_("What other tills did just now")
_OTHERS_HOW: Final = N_("No. The server finds it out later, and what it does not accept is under “Needs attention”.")
_OFFICE: Final = N_("New rules, people and PINs")
_OFFICE_HOW: Final = N_("No. They come with the next connection.")

_UNTIL: Final = N_("Until {moment}, as something waits already. Connect before that.")
_OVER: Final = N_("Not any more: this till has waited too long. Connect it to go on.")
_FOR: Final = NN_(
    "For {count} day from the first operation that waits.", "For {count} days from the first operation that waits."
)


@dataclass(frozen=True, slots=True)
class OfflineLine:
    """One thing that people do; green works, amber works in part, grey does not."""

    what: str
    tone: Tone
    how: str


@dataclass(frozen=True, slots=True)
class OfflineView:
    """The whole table; `until` is how long all this goes on."""

    until: str
    lines: tuple[OfflineLine, ...]


def read_offline(till: Till) -> OfflineView:
    """Raises NotEnrolled, NotSyncedYet, BookDamaged."""
    here = read_here(till)
    terms = here.shop.terms
    reward_tone, reward_how = _REWARDS[terms.offline_redemption]
    pins_off = terms.pin_policy is PinPolicy.OFF
    stamps = terms.stamps_enabled
    lines = (
        OfflineLine(tr(_STAMP), Tone.OK if stamps else Tone.NEUTRAL, tr(_STAMP_HOW if stamps else _STAMP_NEVER)),
        OfflineLine(tr(_REWARD), reward_tone, tr(reward_how)),
        _take_back(here),
        OfflineLine(tr(_NEW_CARD), Tone.OK, tr(_NEW_CARD_HOW)),
        OfflineLine(tr(_SEARCH), Tone.OK, tr(_SEARCH_HOW).format(moment=here.moment(here.who.contact.server_time))),
        OfflineLine(tr(_PINS), Tone.OK, tr(_PINS_OFF if pins_off else _PINS_HOW)),
        OfflineLine(tr(_OTHERS), Tone.NEUTRAL, tr(_OTHERS_HOW)),
        OfflineLine(tr(_OFFICE), Tone.NEUTRAL, tr(_OFFICE_HOW)),
    )
    return OfflineView(_until(till, here), lines)


def _take_back(here: Here) -> OfflineLine:
    terms = here.shop.terms
    if not terms.allow_voids:
        return OfflineLine(tr(_TAKE_BACK), Tone.WAITING, tr(_TAKE_BACK_UNDO))
    return OfflineLine(tr(_TAKE_BACK), Tone.OK, ntr(*_TAKE_BACK_HOW, terms.void_days_max))


def _until(till: Till, here: Here) -> str:
    longest = longest_wait(here.shop.offline_days_max)
    oldest = activity.counts(till).oldest_waiting_at
    if oldest is None:
        return ntr(*_FOR, longest // timedelta(days=1))
    if oldest + longest < here.at:
        return tr(_OVER)
    return tr(_UNTIL).format(moment=here.moment(oldest + longest))
