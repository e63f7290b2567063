"""The till's sounds are files that any player takes, short, unlike each other, and without a click."""

import io
import struct
import wave
from itertools import pairwise

import pytest

from desktop.devices.tones import NOTES, SAMPLES_PER_S, Sound, wav


def samples(sound: Sound) -> tuple[int, ...]:
    with wave.open(io.BytesIO(wav(sound))) as file:
        return struct.unpack(f"<{file.getnframes()}h", file.readframes(file.getnframes()))


@pytest.mark.parametrize("sound", Sound)
def test_a_sound_is_a_whole_file_of_its_length(sound: Sound) -> None:
    length_ms = sum(note.length_ms for note in NOTES[sound])
    with wave.open(io.BytesIO(wav(sound))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, SAMPLES_PER_S)
        assert file.getnframes() * 1000 / SAMPLES_PER_S == pytest.approx(length_ms, abs=1)
    assert 200 <= length_ms <= 400


@pytest.mark.parametrize("sound", Sound)
def test_a_sound_is_heard_is_never_distorted_and_does_not_click(sound: Sound) -> None:
    heights = samples(sound)
    assert 6_000 < max(heights) < 20_000
    assert abs(heights[0]) < 300
    assert abs(heights[-1]) < 300


def test_no_sound_is_taken_for_another() -> None:
    assert len({wav(sound) for sound in Sound}) == len(Sound)
    assert crossings(Sound.REFUSED) < crossings(Sound.PROVISIONAL) < crossings(Sound.DONE)


def crossings(sound: Sound) -> float:
    """How high it sounds: how often in a second it goes through nought."""
    heights = samples(sound)
    changes = sum(one < 0 <= other for one, other in pairwise(heights))
    return changes * SAMPLES_PER_S / len(heights)
