"""That this till's book was an older copy, or went on in two places: in words, until somebody has seen it."""

from typing import Final

from desktop.present import words
from desktop.present.language import N_, NN_, ntr, tr
from desktop.present.pages.here import Here
from desktop.present.views import NoticeView, Tone
from desktop.store.setback.news import Setback, SetbackNews

_SHORT: Final = {Setback.TILL_BEHIND: N_("Older copy restored"), Setback.DIVERGED: N_("Used on two computers?")}

_TITLE: Final = {
    Setback.TILL_BEHIND: N_("An older copy of this till was restored"),
    Setback.DIVERGED: N_("This till may be in use on two computers"),
}
_CAME_BACK: Final = NN_(
    "{count} operation that this computer no longer had came back from the server.",
    "{count} operations that this computer no longer had came back from the server.",
)
_NOTHING_LOST: Final = N_("Nothing is lost, and nothing counts twice.")
_IF_NOBODY_DID: Final = N_("If nobody restored a copy on purpose, please tell the office.")
_TWO: Final = N_(
    "Since {moment} the server has received different operations under the same numbers: an older copy of this till's "
    "data was restored, or a second computer works with a copy of it."
)
_ENROL_ONE: Final = N_(
    "If there is a second computer, the office makes an enrolment code with a name of its own for one of the two."
)


def setback_notice(setback: SetbackNews | None) -> str:
    """In a few words; empty when there is nothing to tell."""
    return "" if setback is None else tr(_SHORT[setback.setback])


def setback_page(setback: SetbackNews, here: Here) -> NoticeView:
    """What happened, and what is to do; the button says that it was read."""
    came_back = ntr(*_CAME_BACK, setback.regained) if setback.regained else ""
    if setback.setback is Setback.DIVERGED:
        sentences: tuple[str, ...] = (
            tr(_TWO).format(moment=here.moment(setback.at)),
            came_back,
            tr(_NOTHING_LOST),
            tr(_ENROL_ONE),
        )
    else:
        sentences = (came_back, tr(_NOTHING_LOST), tr(_IF_NOBODY_DID))
    detail = " ".join(sentence for sentence in sentences if sentence)
    return NoticeView(Tone.WAITING, tr(_TITLE[setback.setback]), detail, tr(words.ACKNOWLEDGE))
