"""A slip as plain lines, and the same as a receipt printer takes it: ESC/POS."""

import importlib
from dataclasses import dataclass
from typing import Any, Final

_ESCPOS: Final = "escpos.printer"


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One line of a slip; a `large` one is bold and twice as high and wide. An empty one is a distance."""

    text: str = ""
    large: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for a customer: the first `centred` lines in the middle, the rest from the edge."""

    lines: tuple[SlipLine, ...]
    centred: int = 0


class LibraryMissing(Exception):
    """The library that speaks ESC/POS is not installed: it is an extra."""


def escpos_bytes(slip: Slip) -> bytes:
    """The slip with everything that the printer needs to hear before it and after it, the cut included.

    Loads the library, which takes half a second the first time: not on a thread that paints. Raises LibraryMissing.
    """
    try:
        library: Any = importlib.import_module(_ESCPOS)
    except ImportError as error:
        raise LibraryMissing(str(error)) from error
    # It prints into memory: how bytes get to the printer, and how long that may take, is decided in `printer`.
    paper = library.Dummy()
    for place, line in enumerate(slip.lines):
        align = "center" if place < slip.centred else "left"
        if line.large:
            paper.set(align=align, bold=True, double_width=True, double_height=True)
        else:
            paper.set(align=align, bold=False, normal_textsize=True)
        paper.textln(line.text)
    paper.cut()
    content: bytes = paper.output
    return content
