"""Diagnostics: what is so about this till, to be read out on the telephone, and two files that help it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractSlider, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.present.pages.till.diagnostics_view import DiagnosticsView, FactGroup, FactRow
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.controls.back_button import BackButton
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_COLUMNS = 2
_LABEL_SHARE, _VALUE_SHARE = 2, 5


class DiagnosticsPage(QWidget):
    """Draws a `DiagnosticsView`, a plate for each group.

    Attributes:
        view: what is shown; None before the first.

    Signals:
        log_wanted: put the log into a file.
        queue_wanted: put what waits into a file.
        back: away from here.
    """

    log_wanted = Signal()
    queue_wanted = Signal()
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("diagnostics_page")
        self.view: DiagnosticsView | None = None
        self.back_button = BackButton(theme)
        self.log_button = ActionButton(theme, tr(words.SAVE_LOG), Icon.DIAGNOSTICS)
        self.queue_button = ActionButton(theme, tr(words.SAVE_QUEUE), Icon.CLOCK)
        self._scroll = QScrollArea()
        make_page(self)
        self._build()

    def set_view(self, view: DiagnosticsView) -> None:
        """Show these facts."""
        self.view = view
        self.queue_button.set_possible(possible=bool(view.waiting), why_not=tr(words.NOTHING_WAITING))
        # The old ground goes with all that was on it.
        self._scroll.setWidget(_ground(view.groups))

    def take_focus(self) -> None:
        """The way back; Page Down reads on."""
        self.back_button.setFocus()

    def _build(self) -> None:
        self.back_button.clicked.connect(self.back)
        self.log_button.setObjectName("save_log")
        self.log_button.clicked.connect(self.log_wanted)
        self.queue_button.setObjectName("save_queue")
        self.queue_button.clicked.connect(self.queue_wanted)
        self._scroll.setObjectName("diagnostics_facts")
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for key, step in (
            ("PgDown", QAbstractSlider.SliderAction.SliderPageStepAdd),
            ("PgUp", QAbstractSlider.SliderAction.SliderPageStepSub),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(lambda step=step: self._scroll.verticalScrollBar().triggerAction(step))
        buttons = QHBoxLayout()
        buttons.setSpacing(_GAP)
        for button in (self.back_button, self.log_button, self.queue_button):
            buttons.addWidget(button, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_GAP)
        column.addWidget(make_label(Role.HEADLINE, tr(words.DIAGNOSTICS_TITLE)))
        column.addWidget(self._scroll, 1)
        column.addLayout(buttons)


def _ground(groups: tuple[FactGroup, ...]) -> QWidget:
    """The plates in columns: the first half of the groups leads."""
    ground = QWidget()
    make_page(ground)
    row = QHBoxLayout(ground)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(_GAP)
    per_column = -(-len(groups) // _COLUMNS)
    for begin in range(0, len(groups), per_column):
        column = QVBoxLayout()
        column.setSpacing(_GAP)
        for group in groups[begin : begin + per_column]:
            column.addWidget(_plate(group))
        column.addStretch(1)
        row.addLayout(column, 1)
    return ground


def _plate(group: FactGroup) -> QWidget:
    plate = make_surface()
    plate.setAccessibleName(group.title)
    grid = QGridLayout(plate)
    grid.setContentsMargins(_MARGIN, _GAP, _MARGIN, _GAP)
    grid.setHorizontalSpacing(_GAP)
    grid.setVerticalSpacing(UNIT)
    grid.setColumnStretch(0, _LABEL_SHARE)
    grid.setColumnStretch(1, _VALUE_SHARE)
    grid.addWidget(make_label(Role.STRONG, group.title), 0, 0, 1, 2)
    for line, fact in enumerate(group.rows, start=1):
        label = make_label(Role.CAPTION, fact.label, muted=True, wraps=True)
        grid.addWidget(label, line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_value(fact), line, 1)
    return plate


def _value(fact: FactRow) -> QLabel:
    # A path has no spaces to break at: a zero-width one behind each separator lets it wrap.
    value = make_label(Role.CAPTION, fact.value.replace("/", "/\u200b").replace("\\", "\\\u200b"), wraps=True)
    value.setProperty("tone", fact.tone.value)
    # Beside a label of two lines it stands with the first.
    value.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
    value.setAccessibleName(f"{fact.label}: {fact.value}")
    value.setObjectName("fact")
    return value
