"""One thing that a person must know, in words, and what to do about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.present.views import NoticeView, Tone
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.pages.centred import centre_on
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role
from desktop.ui.widgets.emblem import Emblem

_MARGIN = 4 * UNIT
_GAP = 2 * UNIT
_FORM_WIDTH = 80 * UNIT
_ICONS = {Tone.OK: Icon.CHECK, Tone.WAITING: Icon.CLOCK, Tone.PERSON: Icon.ATTENTION, Tone.NEUTRAL: Icon.SYNC}


class NoticePage(QWidget):
    """Draws a `NoticeView`.

    Attributes:
        view: what is shown; None before the first.

    Signals:
        pressed: the button, where there is one.
    """

    pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice_page")
        self.view: NoticeView | None = None
        self.emblem = Emblem(theme, Icon.ATTENTION, 10 * UNIT)
        self.title = make_label(Role.HEADLINE, wraps=True)
        self.detail = make_label(Role.BODY, wraps=True)
        self.button = ActionButton(theme, "", Icon.ENTER)
        make_page(self)
        self._build()

    def set_view(self, view: NoticeView) -> None:
        """Show this."""
        self.view = view
        self.emblem.set_tone(_ICONS[view.tone], view.tone)
        self.title.setText(view.title)
        self.detail.setText(view.detail)
        self.button.set_label(view.button)
        self.button.setVisible(bool(view.button))

    def take_focus(self) -> None:
        """Enter does what can be done."""
        self.button.setFocus()

    def _build(self) -> None:
        self.title.setObjectName("notice_title")
        self.detail.setObjectName("notice_detail")
        self.button.setObjectName("notice_button")
        self.button.set_primary(primary=True)
        self.button.clicked.connect(self.pressed)
        plate = make_surface()
        plate.setMaximumWidth(_FORM_WIDTH)
        form = QVBoxLayout(plate)
        form.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        form.setSpacing(_GAP)
        form.addWidget(self.emblem, 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self.title, self.detail):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            form.addWidget(label)
        form.addSpacing(UNIT)
        form.addWidget(self.button)
        centre_on(self, plate)
