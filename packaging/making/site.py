"""The site: docs/ as pages that need nothing but themselves, in build/site.

`./run docs` calls it, in an environment with requirements-docs.lock. A warning of Sphinx's is an error: a link to a
page or a heading that is not there, a page that no other leads to. So is whatever a page would fetch from somewhere
else: the site is read where the network is what is broken.
"""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
SITE: Final = ROOT / "build" / "site"

_FETCHED: Final = {"src", "srcset", "poster", "data"}
_ELSEWHERE: Final = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_IN_A_STYLE: Final = re.compile(r"(?:url\(|@import)\s*[\"']?\s*([^\"')\s]+)", re.IGNORECASE)


def main() -> int:
    """The exit status."""
    sphinx = ["-m", "sphinx", "-q", "-n", "-W", "--keep-going", "-b", "html", "-d", str(SITE.with_name("site-read"))]
    status = subprocess.run([sys.executable, *sphinx, str(ROOT / "docs"), str(SITE)], check=False).returncode
    if status:
        return status
    if fetched := fetched_from_elsewhere(SITE):
        sys.stderr.write("docs: these pages would fetch something:\n" + "".join(f"  {line}\n" for line in fetched))
        return 1
    sys.stdout.write(f"The site: {SITE / 'index.html'}\n")
    return 0


def fetched_from_elsewhere(folder: Path) -> list[str]:
    """Whatever a browser would get from another place to show these pages, each with its page. Links are no such."""
    found = []
    for page in sorted(folder.rglob("*.html")):
        reader = _Fetched()
        reader.feed(page.read_text(encoding="utf-8"))
        found += [f"{page.relative_to(folder)}: {address}" for address in reader.addresses]
    for style in sorted(folder.rglob("*.css")):
        addresses = _IN_A_STYLE.findall(style.read_text(encoding="utf-8"))
        found += [f"{style.relative_to(folder)}: {address}" for address in addresses if _ELSEWHERE.match(address)]
    return found


class _Fetched(HTMLParser):
    """Reads a page.

    Attributes:
        addresses: what it fetches from elsewhere.
    """

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            said = value or ""
            fetches = name in _FETCHED or (tag == "link" and name == "href")
            if fetches and _ELSEWHERE.match(said):
                self.addresses.append(said)
            if name == "style":
                self.addresses += [each for each in _IN_A_STYLE.findall(said) if _ELSEWHERE.match(each)]


if __name__ == "__main__":
    sys.exit(main())
