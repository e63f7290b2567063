"""What a card is found by: names without case and accents, phone numbers as digits, e-mail in small letters.

The synced rows and the queue keep these keys; what somebody types is folded in the same way. A change here needs a
revision of the book that folds the rows anew.
"""

import re
import unicodedata
from typing import Final

NAME_KEYS: Final = 3
"""From how many of its words a name can be begun."""

_NO_DIGITS: Final = re.compile(r"[^0-9]+")
_NO_WORD: Final = re.compile(r"[\W_]+")
# Letters that Unicode does not take apart into a plain one and its accent.
_PLAIN: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
# ITU-T E.164, assigned country codes: these have one digit or two, all others three.
_SHORT_COUNTRY_CODES: Final = re.compile("1|7|20|27|3[0-4]|36|39|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-5]|98")


def fold(text: str) -> str:
    """Words without case, accents and marks, one space between them: `Jean-Noël  WEISS` is `jean noel weiss`."""
    return " ".join(_words(text))


def _words(text: str) -> list[str]:
    if text.isascii():
        text = text.lower()
        # Most names: a snapshot brings 100,000 of them.
        return text.split() if text.replace(" ", "").isalnum() else _NO_WORD.sub(" ", text).split()
    apart = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(character for character in apart if not unicodedata.combining(character)).translate(_PLAIN)
    return _NO_WORD.sub(" ", text.lower()).split()


def digits(text: str) -> str:
    """Its digits, whatever stands between them."""
    return _NO_DIGITS.sub("", text)


def name_keys(name: str | None) -> tuple[str | None, str | None, str | None]:
    """A name begun with its first, its second and its last word, so that each can be searched by its beginning.

    `Anna Maria Weber` is `anna maria weber`, `maria weber anna` and `weber anna maria`.
    """
    words = _words(name) if name else []
    if len(words) < 2:
        return (words[0] if words else None), None, None
    first, *others = words
    if len(others) == 1:
        return f"{first} {others[0]}", f"{others[0]} {first}", None
    return " ".join(words), " ".join([*others, first]), " ".join([words[-1], *words[:-1]])


def phone_key(phone: str | None) -> str | None:
    """A phone number's digits as they are dialled within its country, without the zeros they begin with."""
    if not phone:
        return None
    bare = digits(phone)
    international = phone.lstrip().startswith("+") or bare.startswith("00")
    bare = bare.lstrip("0")
    return (without_country_code(bare).lstrip("0") if international else bare) or None


def without_country_code(international: str) -> str:
    """What is left of digits that begin with a country code."""
    short = _SHORT_COUNTRY_CODES.match(international)
    return international[short.end() if short else 3 :]


def email_key(email: str | None) -> str | None:
    return email.strip().casefold() or None if email else None


def own_key(name: str | None, phone: str | None, email: str | None) -> str | None:
    """All of it in one text, for the few cards that only this till knows: each key a line, a space before each word."""
    keys = (*name_keys(name), phone_key(phone), email_key(email))
    return "".join(f"\n {key}" for key in keys if key) or None
