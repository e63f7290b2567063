"""The site fetches nothing from elsewhere: what would be fetched is found, and what is only linked is not."""

from pathlib import Path

import pytest

from making.site import fetched_from_elsewhere

PAGE = '<html><head>{head}</head><body><a href="https://example.com">elsewhere</a>{body}</body></html>'


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<script src="https://example.com/a.js"></script>', ""),
        ('<script src="//example.com/a.js"></script>', ""),
        ('<link rel="stylesheet" href="http://example.com/a.css"/>', ""),
        ("", '<img src="https://example.com/a.png"/>'),
        ("", '<img srcset="HTTPS://example.com/a.png 2x" src="a.png">'),
        ("", '<iframe src="https://example.com/"></iframe>'),
        ("", "<p style=\"background: url('https://example.com/a.png')\">"),
    ],
)
def test_what_a_page_would_fetch_is_found(tmp_path: Path, head: str, body: str) -> None:
    (tmp_path / "page.html").write_text(PAGE.format(head=head, body=body))
    (found,) = fetched_from_elsewhere(tmp_path)
    assert found.lower().startswith(("page.html: http", "page.html: //example.com"))


@pytest.mark.parametrize(
    "style", ['@import "https://example.com/a.css";', "a { background: url(//example.com/a.png) }"]
)
def test_what_a_style_would_fetch_is_found(tmp_path: Path, style: str) -> None:
    (tmp_path / "style.css").write_text(style)
    assert len(fetched_from_elsewhere(tmp_path)) == 1


def test_what_lies_beside_the_page_is_not_elsewhere(tmp_path: Path) -> None:
    head = '<script src="_static/a.js?v=1"></script><link rel="icon" href="../icon.svg"/>'
    (tmp_path / "page.html").write_text(PAGE.format(head=head, body='<img src="a.png"><img src="data:image/png,AA">'))
    (tmp_path / "style.css").write_text("a { background: url('a.png') }")
    assert fetched_from_elsewhere(tmp_path) == []
