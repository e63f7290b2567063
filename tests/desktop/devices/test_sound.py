"""Sounds through a real process: a player of ours stands on the PATH, and writes down what it was given."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.devices.sound import NoSpeaker, PlayerSpeaker, Speaker, WindowsSpeaker, find_speaker
from desktop.devices.tones import Sound, wav

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a player there is no file with a first line")

PATIENCE_S = 30.0


class Shelf:
    """A folder of players, and what they played."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.sounds = folder / "sounds"
        self.said = folder / "said"

    def player(self, name: str, then: str = "") -> None:
        """A real program; it writes what it was given on a line, and then does `then`."""
        program = self.programs / name
        program.write_text(f'#!/bin/sh\necho "{name} $@" >> "{self.said}"\n{then}\n')
        program.chmod(0o755)

    def played(self) -> list[str]:
        """The last word of each line is the file; it is named without its folder."""
        if not self.said.exists():
            return []
        return [line.replace(f"{self.sounds}/", "") for line in self.said.read_text().splitlines()]

    def speaker(self, platform: str = "linux") -> Speaker:
        return find_speaker(self.sounds, platform, str(self.programs))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def until(true: Callable[[], bool]) -> None:
    """Wait for another process; nothing tells when it has written."""
    ends = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("platform", "name", "said"),
    [
        ("linux", "paplay", "paplay done.wav"),
        ("linux", "pw-play", "pw-play done.wav"),
        ("linux", "aplay", "aplay -q done.wav"),
        ("darwin", "afplay", "afplay done.wav"),
    ],
)
def test_a_sound_is_given_to_what_the_system_has(shelf: Shelf, platform: str, name: str, said: str) -> None:
    shelf.player(name)
    speaker = shelf.speaker(platform)
    speaker.play(Sound.DONE)
    until(lambda: shelf.played() == [said])
    speaker.close()
    assert speaker.player == name
    assert (shelf.sounds / "done.wav").read_bytes() == wav(Sound.DONE)


def test_a_file_that_was_cut_short_is_written_again(shelf: Shelf) -> None:
    shelf.player("aplay")
    shelf.sounds.mkdir()
    (shelf.sounds / "refused.wav").write_bytes(wav(Sound.REFUSED)[:99])
    speaker = shelf.speaker()
    speaker.play(Sound.REFUSED)
    until(lambda: len(shelf.played()) == 1)
    speaker.close()
    assert (shelf.sounds / "refused.wav").read_bytes() == wav(Sound.REFUSED)


def test_a_player_that_takes_its_time_holds_nobody_up_and_is_cut_off_by_the_next(shelf: Shelf) -> None:
    shelf.player("aplay", f'echo begun >> "{shelf.said}"\nexec sleep 60')
    speaker = shelf.speaker()
    begun = time.monotonic()
    speaker.play(Sound.DONE)
    assert time.monotonic() - begun < 1
    until(lambda: len(shelf.played()) == 2)
    speaker.play(Sound.REFUSED)
    until(lambda: len(shelf.played()) == 4)
    # Well before the till would have given up on the first.
    speaker.close()
    assert shelf.played() == ["aplay -q done.wav", "begun", "aplay -q refused.wav", "begun"]
    assert speaker.player == "aplay"


def test_a_player_that_cannot_play_gives_way_to_the_next_which_is_kept_to(shelf: Shelf) -> None:
    shelf.player("pw-play", "exit 1")
    shelf.player("aplay")
    speaker = shelf.speaker()
    for count, sound in ((2, Sound.DONE), (3, Sound.REFUSED)):
        speaker.play(sound)
        until(lambda count=count: len(shelf.played()) == count)  # type: ignore[misc]  # bound for this round
    speaker.close()
    assert shelf.played() == ["pw-play done.wav", "aplay -q done.wav", "aplay -q refused.wav"]
    assert speaker.player == "aplay"


def test_where_no_player_can_play_the_till_is_silent_and_goes_on(shelf: Shelf) -> None:
    shelf.player("aplay", "exit 1")
    speaker = shelf.speaker()
    speaker.play(Sound.DONE)
    until(lambda: speaker.player == "")
    speaker.play(Sound.DONE)
    speaker.close()
    assert len(shelf.played()) == 1


def test_where_its_files_cannot_be_written_the_till_is_silent_and_goes_on(shelf: Shelf) -> None:
    shelf.player("aplay")
    shelf.sounds.write_text("a file in the folder's place")
    speaker = shelf.speaker()
    speaker.play(Sound.DONE)
    until(lambda: speaker.player == "")
    speaker.close()
    assert shelf.played() == []


def test_a_system_without_a_player_has_a_real_speaker_of_none(shelf: Shelf) -> None:
    speaker = shelf.speaker()
    assert isinstance(speaker, NoSpeaker)
    speaker.play(Sound.DONE)
    speaker.close()
    assert speaker.player == ""
    assert not shelf.sounds.exists()


def test_each_system_plays_with_its_own(shelf: Shelf) -> None:
    shelf.player("afplay")
    assert isinstance(shelf.speaker("darwin"), PlayerSpeaker)
    assert isinstance(shelf.speaker("linux"), NoSpeaker)
    assert isinstance(shelf.speaker("win32"), WindowsSpeaker)
