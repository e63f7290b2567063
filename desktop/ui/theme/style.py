"""The style sheet, generated from the tokens. It dresses Qt's own controls; the window's own widgets paint
themselves.
"""

from desktop.preferences import TextSize
from desktop.present.views import Tone
from desktop.ui.theme.tokens import (
    FOCUS_WIDTH,
    HAIRLINE,
    HALF,
    RADIUS,
    TOUCH,
    UNIT,
    Colours,
    type_scale,
)

_CONTROLS = """
QWidget {{ color: {text}; }}
QMainWindow, QDialog, QWidget[plate="page"] {{ background: {page}; }}
QFrame[plate="surface"] {{ background: {surface}; border: {hairline}px solid {line}; border-radius: {radius}px; }}
QFrame[plate="rule"] {{ background: {line}; border: none; }}
QLabel {{ background: transparent; }}
QLabel[muted="true"] {{ color: {text_muted}; }}
QLabel[tone="waiting"] {{ color: {waiting}; }}
QToolTip {{ background: {surface}; color: {text}; border: {hairline}px solid {outline}; padding: {unit}px; }}

QPushButton {{
    background: {surface}; color: {text}; border: {hairline}px solid {edge}; border-radius: {radius}px;
    min-height: {button_height}px; padding: 0 {unit3}px;
}}
QPushButton:pressed {{ background: {pressed}; }}
QPushButton:focus {{ border: {focus}px solid {accent}; padding: 0 {unit3_focus}px; min-height:
{button_focus}px; }} QPushButton:disabled {{ background: {sunken}; color: {text_muted}; border-color: {line};
}} QPushButton:default {{ background: {accent}; color: {on_accent}; border-color: {accent}; }}
QPushButton:default:focus {{ border-color: {text}; }}
QPushButton:checked {{ background: {accent}; color: {on_accent}; border-color: {accent}; }}
QPushButton:checked:focus {{ border-color: {text}; }}

QLineEdit, QComboBox, QSpinBox {{
    background: {surface}; color: {text}; border: {hairline}px solid {outline}; border-radius: {radius}px;
    min-height: {field_height}px; padding: 0 {unit2}px;
    placeholder-text-color: {text_muted};
    selection-background-color: {accent}; selection-color: {on_accent};
}}
QLineEdit:focus, QComboBox:focus, QSpinBox:focus {{
    border: {focus}px solid {accent}; padding: 0 {unit2_focus}px; min-height: {field_focus}px;
}}
QLineEdit:disabled {{ background: {sunken}; color: {text_muted}; border-color: {line}; }}

QAbstractScrollArea {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: {unit2}px; margin: 0; }}
QScrollBar::handle:vertical {{
    background: {outline}; border-radius: {half}px; margin: {half}px; min-height: {touch}px;
}}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: none; border: none; height: 0; width: 0;
}}
"""

_NOTE = """QLabel[note="{tone}"] {{
    background: {soft}; color: {ink}; border-radius: {radius}px; padding: {unit}px {unit2}px;
}}
"""

_ROLE = 'QLabel[role="{role}"] {{ font-size: {size}px; font-weight: {weight}; }}\n'


def make_style_sheet(colours: Colours, text_size: TextSize) -> str:
    """The style sheet of a scheme.

    A control with focus has a thicker edge in the accent colour; its padding and height shrink by the
    difference, so that nothing moves when the focus does.
    """
    grown = FOCUS_WIDTH - HAIRLINE
    button_height = TOUCH - 2 * HAIRLINE
    controls = _CONTROLS.format(
        text=colours.text,
        text_muted=colours.text_muted,
        waiting=colours.waiting.ink,
        page=colours.page,
        surface=colours.surface,
        sunken=colours.sunken,
        pressed=colours.pressed,
        line=colours.line,
        edge=colours.edge,
        outline=colours.outline,
        accent=colours.accent,
        on_accent=colours.on_accent,
        hairline=HAIRLINE,
        focus=FOCUS_WIDTH,
        half=HALF,
        unit=UNIT,
        unit2=2 * UNIT,
        unit2_focus=2 * UNIT - grown,
        unit3=3 * UNIT,
        unit3_focus=3 * UNIT - grown,
        radius=RADIUS,
        touch=TOUCH,
        button_height=button_height,
        button_focus=button_height - 2 * grown,
        field_height=button_height,
        field_focus=button_height - 2 * grown,
    )
    roles = (
        _ROLE.format(role=role, size=step.size_px, weight=step.weight) for role, step in type_scale(text_size).items()
    )
    notes = (
        _NOTE.format(
            tone=tone,
            ink=colours.tone(tone).ink,
            soft=colours.tone(tone).soft,
            radius=RADIUS,
            unit=UNIT,
            unit2=2 * UNIT,
        )
        for tone in Tone
    )
    return controls + "".join(roles) + "".join(notes)
