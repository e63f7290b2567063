"""From the messages in the code to the catalogues: `.po` for translators, and the `.mo` that the till reads beside it.

Babel is a tool of the developers'. The till itself reads its catalogues with Python's own gettext.
"""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import desktop
from desktop.present.language import CATALOGUES, DOMAIN, Language

TRANSLATED: Final = tuple(language for language in Language if language is not Language.ENGLISH)

# Argument numbers of a call that are messages; None: the first.
_KEYWORDS: Final[Mapping[str, tuple[int, ...] | None]] = {"N_": None, "tr": None, "NN_": (1, 2), "ntr": (1, 2)}
_WIDTH: Final = 110


def po_path(language: Language) -> Path:
    """The catalogue of `language` as translators work on it."""
    return CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def template() -> Catalog:
    """Every message that the code marks, without a translation."""
    catalog = Catalog(domain=DOMAIN, charset="utf-8")
    source = Path(desktop.__file__).parent
    found = extract_from_dir(source, [("**.py", "python")], {}, _KEYWORDS, directory_filter=None)
    for file, _, message, _, _ in sorted(found, key=lambda each: (each[0], each[1])):
        catalog.add(message, locations=[(f"desktop/{file}", 0)])
    return catalog


def read(language: Language) -> Catalog:
    """The catalogue as it lies in the tree."""
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def brought_up_to_date(language: Language) -> Catalog:
    """The catalogue with every message of the code and no other. What is new in it has no translation yet."""
    catalog = read(language)
    created = catalog.creation_date
    # Guesses would be taken for translations; what was dropped is in git.
    catalog.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.creation_date = created
    catalog.obsolete.clear()
    return catalog


def as_po(catalog: Catalog) -> bytes:
    """The text for translators, in the order of the files of the code."""
    file = io.BytesIO()
    write_po(file, catalog, width=_WIDTH, sort_by_file=True, include_lineno=False)
    return file.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """What gettext reads."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """English messages that have no translation, or only half of one."""
    return [str(message.id) for message in catalog if message.id and not all(forms(message))]


def forms(message: Message) -> tuple[str, ...]:
    """The translation's forms: one, or one for each plural of the language; what is missing is empty."""
    return (message.string or "",) if isinstance(message.string, str | None) else tuple(message.string)
