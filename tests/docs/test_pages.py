"""Every page is on the site, and every link leads somewhere. Sphinx looks too; this is what can be seen without it."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, anchors, blocks, in_order, links, prose
from tests.shape.source import ROOT, named

PAGES = in_order()
LANGUAGES = {"sh", "toml", "sql", "json", "text", "{toctree}"}


def test_every_page_is_on_the_site_once() -> None:
    assert sorted(PAGES) == sorted([ROOT / "README.md", *DOCS.glob("*.md")])


@pytest.mark.parametrize("page", [*PAGES, ROOT / "ARCHITECTURE.md"], ids=named)
def test_every_link_leads_to_a_page_and_a_heading(page: Path) -> None:
    dead = []
    for link in links(page):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.is_file() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("page", PAGES[1:], ids=named)
def test_no_page_of_the_site_leads_out_of_it(page: Path) -> None:
    assert [link for link in links(page) if link.startswith("..")] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_block_is_fenced_and_says_what_it_is(page: Path) -> None:
    """What is only indented would be run by nobody."""
    assert [str(block) for block in blocks(page) if block.language not in LANGUAGES] == []
    indented = [(number, line) for number, line in prose(page) if line.startswith("    ")]
    assert [each for each in indented if not each[1].lstrip().startswith(("-", "*"))] == []


def test_every_picture_is_one_of_the_products_own_and_is_shown() -> None:
    """They bear the names that `./run screenshots` gives them, so that whoever changes a page knows what to replace."""
    gallery = ROOT / "tests" / "desktop" / "gallery"
    text = "".join((gallery / file).read_text() for file in ("pages.py", "till_pages.py"))
    names = [re.sub(r"\{\w+\}", r"\\w+", name) for name in re.findall(r'"([\w{}-]+)": Picture\(', text)]
    pictures = {path.stem for path in (DOCS / "pictures").iterdir()}
    shown = {Path(link).stem for page in PAGES for link in links(page) if link.endswith(".png")}
    assert [name for name in pictures if not any(re.fullmatch(made, name) for made in names)] == []
    assert pictures == shown
