"""What the pages say that a till says, it says: each phrase is one of the window's own messages, or its beginning."""

import re

import pytest
from babel.messages.pofile import read_po

from tests.docs.pages import DOCS, section, table
from tests.shape.source import ROOT

CATALOGUE = ROOT / "desktop" / "locale" / "fr" / "LC_MESSAGES" / "tillstamp.po"


def messages() -> list[str]:
    """Every text of the window, in English; of those that count both forms."""
    with CATALOGUE.open("rb") as file:
        ids = [message.id for message in read_po(file) if message.id]
    return [text for each in ids for text in ((each,) if isinstance(each, str) else each)]


MESSAGES = messages()
PLACE = re.compile(r"\{\w+\}")
# Without those that are little more than their places: whatever one says would be theirs.
SPOKEN = [message for message in MESSAGES if len(re.findall(r"[a-z]", PLACE.sub("", message))) > 4]
TEMPLATES = [re.compile(".+".join(map(re.escape, PLACE.split(message)))) for message in SPOKEN]


def is_said(phrase: str) -> bool:
    """Whether a message reads so with its places filled, or begins so; `…` stands for a place."""
    beginning = re.compile(".+".join(map(re.escape, re.split(r" ?… ?", phrase))))
    return any(template.fullmatch(phrase) for template in TEMPLATES) or any(map(beginning.match, SPOKEN))


@pytest.mark.parametrize(
    ("page", "heading"), [("offline.md", "## What the till says"), ("enrolling.md", "## When it does not work")]
)
def test_the_phrases_of_a_table_are_the_tills(page: str, heading: str) -> None:
    rows = table(section(DOCS / page, heading))
    phrases = [phrase for row in rows for phrase in re.split(r" · |(?<=rejected), ", row[0])]
    assert len(phrases) > 5
    assert [phrase for phrase in phrases if not is_said(phrase)] == []


def test_what_no_till_says_is_told_apart() -> None:
    assert is_said("Connect within 26 h")
    assert not is_said("Connect whenever you like")
    assert not is_said("Nothing … whatsoever")


def test_what_works_offline_is_told_by_the_names_of_the_tills_own_page() -> None:
    lines = [row[0] for row in table(section(DOCS / "offline.md", "## What works"))]
    assert len(lines) == 8
    assert [line for line in lines if line not in MESSAGES] == []
