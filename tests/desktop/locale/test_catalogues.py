"""Every text of the window is in every catalogue, translated, with the same places, and nothing else is."""

import ast
import gettext
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural

import desktop
from desktop.present.language import Language
from tests.desktop.locale.catalogues import TRANSLATED, brought_up_to_date, forms, missing, po_path, read, template

ROOT = Path(desktop.__file__).parent
SAID_HERE = ("present", "ui")
SHOWN = ("set_label", "setText", "setPlaceholderText", "setAccessibleName", "setAccessibleDescription", "setToolTip")
"""Calls that show a text: what is written into them must be a message."""


def places(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name is not None})


def english(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


@pytest.fixture(params=TRANSLATED)
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


@pytest.fixture
def catalog(language: Language) -> Catalog:
    return read(language)


def test_every_message_of_the_code_is_translated_and_no_other_is_there(language: Language, catalog: Catalog) -> None:
    """`./run catalogues` brings them up to date, and says what is to be translated."""
    current = brought_up_to_date(language)
    assert missing(current) == []
    assert {message.id for message in catalog} == {message.id for message in current}


def test_nothing_is_a_guess(catalog: Catalog) -> None:
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


def test_the_places_are_those_of_the_message(catalog: Catalog) -> None:
    wrong = [
        (source, form)
        for message in catalog
        if message.id
        for form in forms(message)
        for source in english(message)[-1:]
        if places(form) != places(source)
    ]
    assert wrong == []


def test_the_plural_forms_are_those_of_the_language(language: Language, catalog: Catalog) -> None:
    assert catalog.num_plurals == get_plural(language).num_plurals
    assert catalog.plural_expr == get_plural(language).plural_expr
    wrong = [m.id for m in catalog if m.pluralizable and len(forms(m)) != catalog.num_plurals]
    assert wrong == []


def test_a_sentence_stays_one(catalog: Catalog) -> None:
    """It ends as the English one does, and has no space that was forgotten."""
    ends = (".", "?", "…")
    wrong = [
        (source, form)
        for message in catalog
        if message.id
        for source, form in zip(english(message)[-1:], forms(message)[-1:], strict=True)
        if form != form.strip()
        or "  " in form
        or "!" in form
        or (
            (source[-1] in ends) != (form[-1] in ends)
            # Abbreviations end in a point: "Mo.", "Min.".
            and len(source) > 14
        )
    ]
    assert wrong == []


def test_the_catalogue_that_the_till_reads_is_the_one_that_was_translated(language: Language, catalog: Catalog) -> None:
    with po_path(language).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in catalog:
        if not message.id:
            continue
        if message.pluralizable:
            one, many = english(message)
            said = tuple(compiled.ngettext(one, many, count) for count in (1, 2))
        else:
            said = (compiled.gettext(english(message)[0]),)
        assert said == forms(message)
    known: dict[str | tuple[str, int], str] = compiled._catalog  # type: ignore[attr-defined]  # nobody else knows
    sources = {english(message)[0] for message in catalog if message.id}
    assert {key if isinstance(key, str) else key[0] for key in known} - sources <= {""}


def test_one_text_is_said_in_one_way(catalog: Catalog) -> None:
    """No message differs from another only in its capitals: that would be two words for one thing."""
    seen: dict[str, str] = {}
    for message in catalog:
        if message.id:
            source = english(message)[0]
            assert seen.setdefault(source.casefold(), source) == source


def calls(file: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))


def is_text(node: ast.expr) -> bool:
    """A text that a person would read: written here, with a letter in it and a space or a capital."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.Constant) and has_words(str(part.value)) for part in node.values)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and has_words(node.value)


def has_words(text: str) -> bool:
    return any(len(word) > 1 and word.isalpha() for word in text.split())


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


@pytest.mark.parametrize("part", SAID_HERE)
def test_no_text_is_shown_past_the_catalogues(part: str) -> None:
    """Views and widgets are given `tr(…)`, never a bare text."""
    shown = {*SHOWN, "make_label", "ActionButton", "QLabel", "QPushButton", "Said", "ResultView", "NoticeView"}
    bare = [
        f"{file.relative_to(ROOT)}:{argument.lineno}"
        for file in sorted((ROOT / part).rglob("*.py"))
        if file.name != "console.py"  # the command line speaks English
        for call in calls(file)
        if name_of(call) in shown
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]
        if is_text(argument)
    ]
    assert bare == []


def test_messages_are_written_out_where_they_are_marked() -> None:
    """A marked name or f-string is found by nobody who looks for messages."""
    found = template()
    hidden = []
    for part in SAID_HERE:
        for file in sorted((ROOT / part).rglob("*.py")):
            for call in calls(file):
                if name_of(call) in {"N_", "NN_"}:
                    hidden += [f"{file.name}:{call.lineno}" for one in call.args if not isinstance(one, ast.Constant)]
                if name_of(call) == "tr" and isinstance(call.args[0], ast.JoinedStr):
                    hidden.append(f"{file.name}:{call.lineno}")
    assert hidden == []
    assert len(found) > 300
