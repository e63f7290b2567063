"""What leaves the till for somebody who helps it: the log, as one file, cleaned of what is nobody's business."""

import io
import os
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from desktop.sync.rescue import ExportUnwritable

LOG_NAME: Final = "till.log"

_TAKEN_OUT: Final = "[removed]"

_HEAD: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [\w.]+: ")
"""How a line of ours begins; its figures are a moment, and no telephone number."""

_UUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_IP_ADDRESS: Final = r"\d{1,3}(?:\.\d{1,3}){3}(?![.\d])"
_KEPT: Final = rf"(?P<kept>\b(?:{_UUID}|{_IP_ADDRESS}))"

_PRIVATE: Final = (
    # What a model of the wire was given and did not like; it may be a name.
    r"(?<=input_value=).+?(?=, input_type)",
    r"TS1-[0-9A-Za-z]+",
    r"(?<=[Bb]earer )\S+",
    r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+",
    # A secret: long, of one piece, with a figure in it as a word has none.
    r"(?<![\w-])(?=[\w-]*\d)[\w-]{32,}(?![\w-])",
    # A card's number, or a telephone's: seven figures or more, as people write them.
    r"(?<![\w-])\+?\(?\d(?:[ ()/.-]{0,2}\d){6,}(?![\w-])",
)
_SCRUB: Final = re.compile("|".join((_KEPT, *_PRIVATE)))


def export_path(folder: Path, what: str, suffix: str, at: datetime, timezone: str) -> Path:
    """A file in the folder that a person picked, named for what is in it and when: `tillstamp-log-2026-11-22-1105.zip`.

    The moment is the shop's; a file of the same minute is replaced.
    """
    return folder / f"tillstamp-{what}-{at.astimezone(ZoneInfo(timezone)):%Y-%m-%d-%H%M}{suffix}"


def export_log(data_dir: Path, file: Path, facts: str) -> int:
    """Write the till's log files into the zip `file`, with the `facts` of its diagnostics; how many log files it has.

    Secrets are never logged. Card numbers, addresses and telephone numbers that an error may have quoted are taken out
    line by line. The zip is whole or not there. Raises ExportUnwritable, for a log that cannot be read too.
    """
    try:
        logs = sorted(path for path in data_dir.glob(f"{LOG_NAME}*") if path.is_file())
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("diagnostics.txt", scrubbed(facts))
            for path in logs:
                out.writestr(path.name, scrubbed(path.read_text(encoding="utf-8", errors="replace")))
        unfinished = file.with_name(f".{file.name}.part")
        with unfinished.open("wb") as written:
            written.write(content.getvalue())
            written.flush()
            os.fsync(written.fileno())
        unfinished.replace(file)
    except OSError as error:
        raise ExportUnwritable(file, error.strerror or str(error)) from error
    return len(logs)


def scrubbed(text: str) -> str:
    """The text without what may be a person's, or a key: `[removed]` stands in its place."""
    return "\n".join(_scrubbed_line(line) for line in text.split("\n"))


def _scrubbed_line(line: str) -> str:
    head = _HEAD.match(line)
    begins = head.end() if head else 0
    return line[:begins] + _SCRUB.sub(lambda found: found["kept"] or _TAKEN_OUT, line[begins:])
