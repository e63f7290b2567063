"""What works without the server: a short table."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop.present import till_words
from desktop.present.language import tr
from desktop.present.pages.till.offline_view import OfflineView
from desktop.present.views import Tone
from desktop.ui.controls.back_button import BackButton
from desktop.ui.pages.scrolled import scrolled
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role
from desktop.ui.widgets.emblem import Emblem

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_EMBLEM = 3 * UNIT
_ICONS: Final = {Tone.OK: Icon.CHECK, Tone.WAITING: Icon.CLOCK, Tone.NEUTRAL: Icon.CROSS, Tone.PERSON: Icon.CROSS}


class OfflinePage(QWidget):
    """Draws an `OfflineView`.

    Attributes:
        view: what is shown; None before the first.

    Signals:
        back: away from here.
    """

    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("offline_page")
        self.view: OfflineView | None = None
        self.until = make_label(Role.BODY, muted=True, wraps=True)
        self.back_button = BackButton(theme)
        self._theme = theme
        self._rows = QWidget()
        self._grid = QGridLayout(self._rows)
        make_page(self)
        self._build()

    def set_view(self, view: OfflineView) -> None:
        """Show this."""
        if view == self.view:
            return
        self.view = view
        self.until.setText(view.until)
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        top = Qt.AlignmentFlag.AlignTop
        for row, line in enumerate(view.lines):
            emblem = Emblem(self._theme, _ICONS[line.tone], _EMBLEM)
            emblem.set_tone(_ICONS[line.tone], line.tone)
            emblem.setAccessibleName(line.how)
            self._grid.addWidget(emblem, row, 0, top)
            self._grid.addWidget(make_label(Role.STRONG, line.what, wraps=True), row, 1, top)
            self._grid.addWidget(make_label(Role.BODY, line.how, wraps=True), row, 2, top)
        self._grid.setRowStretch(len(view.lines), 1)

    def take_focus(self) -> None:
        """The way back."""
        self.back_button.setFocus()

    def _build(self) -> None:
        self.until.setObjectName("offline_until")
        self.back_button.clicked.connect(self.back)
        self._grid.setContentsMargins(0, 0, UNIT, 0)
        self._grid.setHorizontalSpacing(_GAP)
        self._grid.setVerticalSpacing(UNIT)
        self._grid.setColumnStretch(1, 2)
        self._grid.setColumnStretch(2, 5)
        plate = make_surface()
        inside = QVBoxLayout(plate)
        inside.setContentsMargins(_MARGIN, _GAP, _GAP, _GAP)
        inside.addWidget(scrolled(self._rows, self))
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_GAP)
        column.addWidget(make_label(Role.HEADLINE, tr(till_words.OFFLINE_TITLE)))
        column.addWidget(self.until)
        column.addWidget(plate, 1)
        column.addWidget(self.back_button)
