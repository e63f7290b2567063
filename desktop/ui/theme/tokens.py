"""The one table of the window's looks: colours of each scheme, type scale, spacing, radii.

Nothing else in the window names a colour, a font size or a distance. The table knows no Qt, so a test can
check the contrast of every pair that is drawn (WCAG 2.2 AA: 4.5 : 1 for text, 3 : 1 for marks).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from desktop.preferences import TextSize
from desktop.present.views import Tone

UNIT = 8  # px; every distance is a multiple of it, or half of it inside a control
HALF = UNIT // 2
TOUCH = 8 * UNIT  # px; no control is lower than this: wet hands, a queue (64 px are 17 mm at 96 dpi)

WIDEST = 184 * UNIT
"""px; on a wide screen a page stands in the middle: rows longer than an arm are not read at a glance."""

RADIUS_SMALL = UNIT
RADIUS = 12
RADIUS_LARGE = 2 * UNIT

HAIRLINE = 1  # px
FOCUS_WIDTH = 3  # px


@dataclass(frozen=True, slots=True)
class Ink:
    """A tone as two colours: what is drawn (text, icon, line) and what it may be drawn on."""

    ink: str
    soft: str


@dataclass(frozen=True, slots=True)
class Colours:
    """Every colour of one scheme, as `#rrggbb`.

    `text` and `text_muted` are legible on `page`, `surface` and `sunken`; an `Ink` is legible on its own
    `soft` and on `page` and `surface`. `line` only separates, and `edge` goes around a control that its words already
    show; `outline` is drawn where nothing else shows the control (a field, an empty place), and must itself be
    seen on `page`, `surface` and `sunken`.
    """

    page: str
    surface: str
    sunken: str
    pressed: str
    line: str
    edge: str
    outline: str
    text: str
    text_muted: str
    accent: str
    accent_pressed: str
    on_accent: str
    accent_soft: str
    ok: Ink
    waiting: Ink
    person: Ink
    neutral: Ink

    def tone(self, tone: Tone) -> Ink:
        """The two colours that say `tone`."""
        match tone:
            case Tone.OK:
                return self.ok
            case Tone.WAITING:
                return self.waiting
            case Tone.PERSON:
                return self.person
            case Tone.NEUTRAL:
                return self.neutral


class SchemeName(StrEnum):
    """The schemes that the window knows."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


# The accent is stamp-pad ink. Green, amber and red are kept for what an operation or the connection is doing.
SCHEMES = {
    SchemeName.LIGHT: Colours(
        page="#f5f4f1",
        surface="#ffffff",
        sunken="#ebe9e4",
        pressed="#dfdcd5",
        line="#e0ddd6",
        edge="#cfcbc2",
        outline="#87837a",
        text="#1c1b19",
        text_muted="#5d5a53",
        accent="#3746b0",
        accent_pressed="#2a3690",
        on_accent="#ffffff",
        accent_soft="#e7e9fa",
        ok=Ink("#1a6e40", "#e2f2e8"),
        waiting=Ink("#8a5200", "#fdf0d8"),
        person=Ink("#b0261c", "#fce8e5"),
        neutral=Ink("#5d5a53", "#ebe9e4"),
    ),
    SchemeName.DARK: Colours(
        page="#141519",
        surface="#24262c",
        sunken="#1b1c21",
        pressed="#30333b",
        line="#34373f",
        edge="#484c57",
        outline="#868a95",
        text="#f2f1ee",
        text_muted="#b0b3bb",
        accent="#a3aefc",
        accent_pressed="#8793ee",
        on_accent="#12152e",
        accent_soft="#2a2f55",
        ok=Ink("#7ad3a0", "#16331f"),
        waiting=Ink("#f3b955", "#3b2a0b"),
        person=Ink("#ff9c91", "#441a17"),
        neutral=Ink("#b0b3bb", "#1b1c21"),
    ),
    # For eyes that need it, and for a screen in the sun: black, white, and 7 : 1 throughout (WCAG AAA).
    SchemeName.CONTRAST: Colours(
        page="#000000",
        surface="#000000",
        sunken="#000000",
        pressed="#3a3a3a",
        line="#ffffff",
        edge="#ffffff",
        outline="#ffffff",
        text="#ffffff",
        text_muted="#e6e6e6",
        accent="#ffe100",
        accent_pressed="#d6bd00",
        on_accent="#000000",
        accent_soft="#2b2700",
        ok=Ink("#5ff08f", "#00260f"),
        waiting=Ink("#ffc24d", "#2b1c00"),
        person=Ink("#ff9d94", "#330600"),
        neutral=Ink("#e6e6e6", "#000000"),
    ),
}


@dataclass(frozen=True, slots=True)
class _Disguise:
    """What another ground and another accent are made of."""

    page: str
    accent: str
    accent_pressed: str
    on_accent: str
    accent_soft: str


# Training looks like another till: the ground is tinted, and what was ink is plum. No state has these colours.
_TRAINING = {
    SchemeName.LIGHT: _Disguise("#f9eef6", "#8e2a7a", "#6f1f5f", "#ffffff", "#f7e2f2"),
    SchemeName.DARK: _Disguise("#22141e", "#f0a3dd", "#d98bc6", "#331029", "#4a1f40"),
    SchemeName.CONTRAST: _Disguise("#000000", "#ff9ae8", "#e07fca", "#000000", "#33002a"),
}


def scheme_colours(scheme: SchemeName, *, training: bool = False) -> Colours:
    """The colours of a scheme; in training those of its training variant."""
    colours = SCHEMES[scheme]
    if not training:
        return colours
    plum = _TRAINING[scheme]
    return replace(
        colours,
        page=plum.page,
        accent=plum.accent,
        accent_pressed=plum.accent_pressed,
        on_accent=plum.on_accent,
        accent_soft=plum.accent_soft,
    )


class Role(StrEnum):
    """What a text is for. A label takes its font by setting the dynamic property `role` to one of these."""

    CAPTION = "caption"
    BODY = "body"
    STRONG = "strong"
    TITLE = "title"
    HEADLINE = "headline"
    DISPLAY = "display"
    GIANT = "giant"


@dataclass(frozen=True, slots=True)
class Type:
    """One step of the type scale: size in px at 100 %, and weight (400 regular, 600 semibold)."""

    size_px: int
    weight: int


TYPE_SCALE = {
    Role.CAPTION: Type(14, 400),
    Role.BODY: Type(16, 400),
    Role.STRONG: Type(18, 600),
    Role.TITLE: Type(24, 600),
    Role.HEADLINE: Type(32, 600),
    Role.DISPLAY: Type(56, 600),
    Role.GIANT: Type(88, 600),
}

ENLARGED = {TextSize.NORMAL: 100, TextSize.LARGE: 112, TextSize.LARGER: 125}
"""Size of texts in percent of the type scale."""


def type_scale(text_size: TextSize) -> dict[Role, Type]:
    """The type scale in the size that was chosen. The two largest steps are large enough in every size."""
    percent = ENLARGED[text_size]
    return {
        role: step if role in {Role.DISPLAY, Role.GIANT} else Type(step.size_px * percent // 100, step.weight)
        for role, step in TYPE_SCALE.items()
    }
