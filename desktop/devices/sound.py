"""The loudspeaker: the till's own tones, played by whatever this system plays files with.

A sound is played beside the work, never in its way. One at a time: a newer one cuts the older off, as the newer act is
what the cashier listens for. A system without a player is silent, and the diagnostics say so.
"""

import importlib
import logging
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from desktop.devices.latest import Latest
from desktop.devices.tones import Sound, wav

_PLAYERS: Final = {"darwin": ("afplay",), "linux": ("pw-play", "paplay", "aplay")}
"""In the order in which they are tried; each plays the file that it is given and ends."""

_OPTIONS: Final = {"aplay": ("-q",)}

_LONGEST_S: Final = 3.0
"""A player that takes longer than this for a third of a second hangs."""

_log = logging.getLogger(__name__)


class Speaker(Protocol):
    """What makes the till's sounds heard."""

    @property
    def player(self) -> str:
        """What plays them; empty where nothing does."""
        ...

    def play(self, sound: Sound) -> None:
        """Play this now, instead of what is playing. Returns at once."""
        ...

    def close(self) -> None:
        """Be silent."""
        ...


class NoSpeaker:
    """A till without one."""

    player = ""

    def play(self, sound: Sound) -> None:
        """Nothing is heard."""

    def close(self) -> None:
        """Nothing is held."""


class PlayerSpeaker:
    """Sounds played by a program of the system, a process for each.

    A program that is there may still have nothing to play on: then the next one is tried, and kept to.
    """

    def __init__(self, programs: Sequence[Path], folder: Path) -> None:
        self._programs = tuple(programs)
        self._folder = folder
        self._playing = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._latest = Latest("sound", self._play)

    @property
    def player(self) -> str:
        """What plays them; empty once all that could have failed."""
        programs = self._programs
        return programs[0].stem if programs else ""

    def play(self, sound: Sound) -> None:
        """Play this now, instead of what is playing."""
        # In this order: the other way round, the new one might be cut off.
        self._cut_off()
        self._latest.put(sound)

    def close(self) -> None:
        """Be silent."""
        self._cut_off()
        self._latest.close()

    def _play(self, sound: Sound) -> None:
        while self._programs:
            try:
                problem = self._play_with(self._programs[0], _on_disk(self._folder, sound))
            except OSError as error:
                problem = str(error)
            if problem is None:
                return
            _log.info("%s cannot play sounds here: %s", self._programs[0], problem)
            self._programs = self._programs[1:]

    def _play_with(self, program: Path, file: Path) -> str | None:
        """Play it to its end, or until it is cut off; what went wrong, if anything did."""
        with self._playing:
            process = self._process = subprocess.Popen(
                [str(program), *_OPTIONS.get(program.stem, ()), str(file)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        try:
            status = process.wait(_LONGEST_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return "it does not end"
        finally:
            with self._playing:
                self._process = None
        # A negative one is a signal: it was cut off.
        return f"it ended with {status}" if status > 0 else None

    def _cut_off(self) -> None:
        with self._playing:
            if self._process is not None:
                self._process.terminate()


class WindowsSpeaker:
    """Sounds played by Windows itself."""

    player = "Windows"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._latest = Latest("sound", self._play)

    def play(self, sound: Sound) -> None:
        """Play this now, instead of what is playing."""
        self._latest.put(sound)

    def close(self) -> None:
        """Be silent."""
        self._latest.close()

    def _play(self, sound: Sound) -> None:  # pragma: no cover - tried on Windows only
        winsound: Any = importlib.import_module("winsound")
        flags = winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT
        try:
            winsound.PlaySound(str(_on_disk(self._folder, sound)), flags)
        except (OSError, RuntimeError) as error:
            _log.info("Windows cannot play sounds here: %s", error)


def find_speaker(folder: Path, platform: str = sys.platform, search_path: str | None = None) -> Speaker:
    """What this system plays sounds with; their files are kept in `folder`. `search_path` is as in PATH."""
    if platform == "win32":
        return WindowsSpeaker(folder)
    found = (shutil.which(name, path=search_path) for name in _PLAYERS.get(platform, ()))
    programs = [Path(program).absolute() for program in found if program is not None]
    return PlayerSpeaker(programs, folder) if programs else NoSpeaker()


def _on_disk(folder: Path, sound: Sound) -> Path:
    """The sound's file, written where it is missing or was cut short. Raises OSError."""
    content = wav(sound)
    file = folder / f"{sound.value}.wav"
    if not file.is_file() or file.read_bytes() != content:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        unfinished.write_bytes(content)
        unfinished.replace(file)
    return file
