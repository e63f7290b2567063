"""The table of tokens: every pair of colours that is drawn meets WCAG 2.2 AA."""

import re
from dataclasses import asdict

import pytest

from desktop.present.views import Tone
from desktop.ui.theme.tokens import TOUCH, TYPE_SCALE, UNIT, Colours, Role, SchemeName, scheme_colours

TEXT_RATIO = 4.5
MARK_RATIO = 3.0

GROUNDS = ("page", "surface", "sunken")
TEXT_PAIRS = [
    *[(ink, ground) for ink in ("text", "text_muted") for ground in (*GROUNDS, "pressed")],
    ("on_accent", "accent"),
    ("on_accent", "accent_pressed"),
    ("accent", "accent_soft"),
    ("accent", "surface"),
]
MARK_PAIRS = [
    *[("outline", ground) for ground in GROUNDS],
    *[("accent", ground) for ground in GROUNDS],
    ("text", "accent_soft"),
]


LOOKS = {
    f"{scheme.value}{', training' if training else ''}": scheme_colours(scheme, training=training)
    for scheme in SchemeName
    for training in (False, True)
}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2: 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("colours", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_is_legible(colours: Colours, ink: str, ground: str) -> None:
    table = asdict(colours)
    assert contrast(table[ink], table[ground]) >= TEXT_RATIO


@pytest.mark.parametrize("training", [False, True])
def test_in_high_contrast_all_text_has_seven_to_one(training: bool) -> None:
    """WCAG 2.2 AAA."""
    colours = scheme_colours(SchemeName.CONTRAST, training=training)
    table = asdict(colours)
    pairs = [(table[ink], table[ground]) for ink, ground in TEXT_PAIRS]
    for tone in Tone:
        ink = colours.tone(tone)
        pairs += [(ink.ink, ground) for ground in (ink.soft, *(table[ground] for ground in GROUNDS))]
        pairs.append((colours.text, ink.soft))
    assert {
        f"{one} on {other}": round(contrast(one, other), 2) for one, other in pairs if contrast(one, other) < 7
    } == {}


@pytest.mark.parametrize("colours", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize(("mark", "ground"), MARK_PAIRS)
def test_marks_are_seen(colours: Colours, mark: str, ground: str) -> None:
    table = asdict(colours)
    assert contrast(table[mark], table[ground]) >= MARK_RATIO


@pytest.mark.parametrize("colours", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("tone", Tone)
@pytest.mark.parametrize("ground", ["soft", *GROUNDS])
def test_a_tone_is_legible_where_it_is_written(colours: Colours, tone: Tone, ground: str) -> None:
    ink = colours.tone(tone)
    below = ink.soft if ground == "soft" else asdict(colours)[ground]
    assert contrast(ink.ink, below) >= TEXT_RATIO
    assert contrast(colours.text, ink.soft) >= TEXT_RATIO


@pytest.mark.parametrize("colours", LOOKS.values(), ids=LOOKS)
def test_every_tone_has_its_own_colour(colours: Colours) -> None:
    inks = {colours.tone(tone).ink for tone in Tone}
    assert len(inks) == len(Tone)
    assert colours.accent not in inks


@pytest.mark.parametrize("colours", LOOKS.values(), ids=LOOKS)
def test_every_colour_is_written_in_full(colours: Colours) -> None:
    for name, value in asdict(colours).items():
        for each in value.values() if isinstance(value, dict) else (value,):
            assert re.fullmatch("#[0-9a-f]{6}", each), name


@pytest.mark.parametrize("scheme", SchemeName)
def test_training_is_told_apart_in_each_scheme(scheme: SchemeName) -> None:
    real, training = scheme_colours(scheme), scheme_colours(scheme, training=True)
    assert training.accent != real.accent
    assert [getattr(training, tone.value) for tone in Tone] == [getattr(real, tone.value) for tone in Tone]


def test_there_is_one_type_scale_and_it_rises() -> None:
    sizes = [TYPE_SCALE[role].size_px for role in Role]
    assert sizes == sorted(set(sizes))
    assert sizes[0] >= 14


def test_a_touch_is_at_least_64_px() -> None:
    assert TOUCH >= 64
    assert TOUCH % UNIT == 0
