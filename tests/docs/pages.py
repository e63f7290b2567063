"""The pages, as their tests read them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.shape.source import ROOT, named

DOCS: Final = ROOT / "docs"
INDEX: Final = DOCS / "index.md"

_FENCE: Final = re.compile(r"^( *)```(.*)$")
_HEADING: Final = re.compile(r"^(#{1,6}) (.+)$")
_LINK: Final = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_TOCTREE: Final = re.compile(r"```\{toctree\}\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """Something fenced.

    Attributes:
        language: what stands behind the fence.
        line: where it begins, from 1.
    """

    page: Path
    language: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{named(self.page)}:{self.line}"


def in_order() -> list[Path]:
    """README.md and the pages of docs/, in the order in which the site has them."""
    names = [line for part in _TOCTREE.findall(INDEX.read_text()) for line in part.splitlines() if _is_page(line)]
    return [ROOT / "README.md", INDEX, *(DOCS / f"{name}.md" for name in names)]


def _is_page(line: str) -> bool:
    return bool(line) and not line.startswith(":")


def blocks(page: Path) -> list[Block]:
    """Everything fenced, without the indentation of its fence."""
    found: list[Block] = []
    text: list[str] = []
    fence, began = None, 0
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        match = _FENCE.match(line)
        if fence is None and match:
            fence, began, text = match, number, []
        elif fence is not None and match:
            found.append(Block(page, fence[2], began, "\n".join(text)))
            fence = None
        elif fence is not None:
            text.append(line.removeprefix(fence[1]))
    return found


def prose(page: Path) -> Iterator[tuple[int, str]]:
    """The lines outside of fences, each with its number."""
    inside = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            yield number, line


def links(page: Path) -> Iterator[str]:
    """The addresses that a page links to, and its pictures."""
    for _, line in prose(page):
        yield from _LINK.findall(line)


def anchors(page: Path) -> set[str]:
    """By what names its headings can be linked to: lower case, no punctuation, hyphens for spaces."""
    titles = (match[2] for _, line in prose(page) if (match := _HEADING.match(line)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def section(page: Path, heading: str) -> str:
    """What stands under a heading, down to the next one of its rank or higher."""
    text = page.read_text(encoding="utf-8")
    rank, _, _ = heading.partition(" ")
    _, found, rest = text.partition(f"\n{heading}\n")
    assert found, f"{named(page)} has no {heading!r}"
    return re.split(rf"^#{{1,{len(rank)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def table(text: str) -> list[list[str]]:
    """The rows of the tables in a text, without their heads."""
    rows = [line.strip().strip("|") for line in text.splitlines() if line.lstrip().startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)] for row in rows]
    heads = {number - 1 for number, row in enumerate(cells) if set("".join(row)) <= set("-: ")}
    return [row for number, row in enumerate(cells) if number not in heads and number - 1 not in heads]
