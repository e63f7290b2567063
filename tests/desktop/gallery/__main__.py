"""`./run screenshots`: every page, in each language, scheme and size, into demo-out/screens; one sheet per language.

    demo-out/screens/<language>/<scheme>-<width>x<height>/<page>.png
    demo-out/screens/<language>.png

Words after the verb name languages: `./run screenshots de fr` makes those two.
"""

import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from desktop.cashier.engine import Till
from desktop.preferences import TextSize
from desktop.present.language import Language
from desktop.ui.theme.tokens import SchemeName
from tests.desktop.gallery.hall import LARGE, SMALL, dressed, hall, hang, spoken
from tests.desktop.gallery.pages import PICTURES
from tests.desktop.gallery.sheet import write_sheet
from tests.desktop.gallery.shops import EVERYDAY, open_gallery_shop

OUT: Final = Path("demo-out") / "screens"
_ROOMS: Final = (
    (SchemeName.LIGHT, SMALL),
    (SchemeName.DARK, SMALL),
    (SchemeName.LIGHT, LARGE),
    (SchemeName.DARK, LARGE),
    (SchemeName.CONTRAST, SMALL),
)
_FAST: Final = 70  # of Qt's scale of 0 (small) to 100 (quick)


def main(languages: list[Language]) -> int:
    """Make the screenshots; how many."""
    application = QApplication(sys.argv[:1])
    made = 0
    with TemporaryDirectory() as folder:
        till = open_gallery_shop(Path(folder) / "till.db", EVERYDAY)
        try:
            for language in languages:
                shutil.rmtree(OUT / language, ignore_errors=True)
                with spoken(language, application):
                    made += sum(len(_room(application, till, language, *room)) for room in _ROOMS)
                scheme, size = _ROOMS[0]
                write_sheet(OUT / f"{language}.png", [_path(language, scheme, size, name) for name in PICTURES])
        finally:
            till.book.close()
    return made


def _room(application: QApplication, till: Till, language: Language, scheme: SchemeName, size: QSize) -> list[Path]:
    made = []
    with dressed(application, scheme, TextSize.NORMAL) as theme, hall(theme, size) as window:
        for name, picture in PICTURES.items():
            hang(window, till, picture)
            path = _path(language, scheme, size, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            window.grab().toImage().save(str(path), quality=_FAST)
            made.append(path)
    return made


def _path(language: Language, scheme: SchemeName, size: QSize, name: str) -> Path:
    return OUT / language / f"{scheme}-{size.width()}x{size.height()}" / f"{name}.png"


if __name__ == "__main__":
    began = time.monotonic()
    count = main([Language(code) for code in sys.argv[1:]] or list(Language))
    sys.stdout.write(f"{count} screenshots in {OUT}, in {time.monotonic() - began:.0f} s\n")
