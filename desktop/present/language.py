"""The language of the window: every text is an English message, and a catalogue has it in the other languages.

One process speaks one language at a time, to one cashier; that is the one thing here that is not handed around. A text
is asked for where it is shown, never kept: a changed language builds the window anew.
"""

import gettext
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

DOMAIN: Final = "tillstamp"
CATALOGUES: Final = Path(__file__).parents[1] / "locale"


class Language(StrEnum):
    """The languages of the window; the value is the ISO 639-1 code."""

    ENGLISH = "en"
    FRENCH = "fr"
    GERMAN = "de"
    LUXEMBOURGISH = "lb"


# Each in itself: whoever is looking for their language cannot read the present one.
NAMES: Final = {
    Language.ENGLISH: "English",
    Language.FRENCH: "Français",
    Language.GERMAN: "Deutsch",
    Language.LUXEMBOURGISH: "Lëtzebuergesch",
}


# As the Unicode CLDR has it; French sets a narrow space that no line breaks at.
_THOUSANDS: Final = {
    Language.ENGLISH: ",",
    Language.FRENCH: "\u202f",
    Language.GERMAN: ".",
    Language.LUXEMBOURGISH: ".",
}
_DECIMAL_POINT: Final = {
    Language.ENGLISH: ".",
    Language.FRENCH: ",",
    Language.GERMAN: ",",
    Language.LUXEMBOURGISH: ",",
}


class Plural(NamedTuple):
    """A message that counts, kept in a table: its two English forms."""

    one: str
    many: str


class _InUse:
    """The catalogue that texts come from."""

    language = Language.ENGLISH
    catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use(language: Language) -> None:
    """Speak `language` from now on. Raises FileNotFoundError when its catalogue is missing, which is a bug."""
    english = language is Language.ENGLISH
    _InUse.catalogue = (
        gettext.NullTranslations() if english else gettext.translation(DOMAIN, CATALOGUES, languages=[language])
    )
    _InUse.language = language


def in_use() -> Language:
    """The language that texts are in now."""
    return _InUse.language


def spoken_by(locale_name: str) -> Language:
    """The language of a system whose locale is called so ("de_LU.UTF-8"); English where it is none of ours."""
    code = locale_name.replace("-", "_").split("_")[0].split(".")[0].lower()
    return Language(code) if code in set(Language) else Language.ENGLISH


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for it)
    """Mark a message for the catalogues, where it is kept and not shown."""
    return message


def NN_(one: str, many: str) -> Plural:  # noqa: N802  (N_ for two forms)
    """Mark a message that counts for the catalogues, where it is kept and not shown: `ntr(*MESSAGE, count)`."""
    return Plural(one, many)


def tr(message: str) -> str:
    """The message in the language in use. An empty one stays empty; gettext's would be the catalogue's head."""
    return _InUse.catalogue.gettext(message) if message else ""


def ntr(one: str, many: str, count: int, **places: object) -> str:
    """The form of a message that this count takes, with `{count}` and its other `places` filled in."""
    return _InUse.catalogue.ngettext(one, many, count).format(count=number_text(count), **places)


def number_text(number: float, decimals: int = 0) -> str:
    """A number as it is written in the language in use: `12,345.6` is `12.345,6` in German."""
    english = f"{number:,.{decimals}f}"
    signs = {",": _THOUSANDS[_InUse.language], ".": _DECIMAL_POINT[_InUse.language]}
    return "".join(signs.get(sign, sign) for sign in english)
