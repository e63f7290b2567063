"""The till's three sounds, made of a few notes each: short, calm, and told apart with the back turned."""

import io
import math
import struct
import wave
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final


class Sound(StrEnum):
    """What a sound says; the same three ways an act can end."""

    DONE = "done"
    PROVISIONAL = "provisional"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Note:
    """A tone, or with a pitch of 0 a silence."""

    hertz: float
    length_ms: int


NOTES: Final = {
    # E5, A5: a step up.
    Sound.DONE: (Note(659.26, 90), Note(880.0, 170)),
    # E5 twice: the same step, not taken.
    Sound.PROVISIONAL: (Note(659.26, 90), Note(0, 50), Note(659.26, 170)),
    # A3: one, and low.
    Sound.REFUSED: (Note(220.0, 340),),
}

SAMPLES_PER_S: Final = 22_050
_LOUDNESS: Final = 0.35
"""Of what the wave can hold; how loud that is in the shop, the computer's own control says."""
_SOFT_MS: Final = 12
"""Each note swells and fades for so long: a tone that begins at full height clicks."""
_OVERTONE: Final = 0.18
"""A little of the octave above, without which a low note is lost on a till's small loudspeaker."""


@cache
def wav(sound: Sound) -> bytes:
    """The sound as the bytes of a WAV file: one channel of 16 bits."""
    samples = [sample for note in NOTES[sound] for sample in _samples(note)]
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLES_PER_S)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


def _samples(note: Note) -> list[int]:
    count = note.length_ms * SAMPLES_PER_S // 1000
    soft = _SOFT_MS * SAMPLES_PER_S // 1000
    height = _LOUDNESS * 32_767 / (1 + _OVERTONE)
    made = []
    for place in range(count):
        turn = 2 * math.pi * note.hertz * place / SAMPLES_PER_S
        swell = min(1.0, place / soft, (count - 1 - place) / soft)
        made.append(round(height * swell * (math.sin(turn) + _OVERTONE * math.sin(2 * turn))))
    return made
