"""What the server did not accept, or has in review, until somebody has seen it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.present.pages.till.attention_view import AttentionItem
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.controls.back_button import BackButton
from desktop.ui.pages.scrolled import scrolled
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role
from desktop.ui.widgets.operation_list import OperationList

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT


class AttentionPage(QWidget):
    """The list, and beside it all about the one that is marked: which card, who, when, why, what to say.

    Attributes:
        items: what is shown.
        rows: the list.
        what, card, who, when, why, to_customer: the one that is marked.

    Signals:
        acknowledged(str): somebody has seen the row marked; its key.
        back: enough of this.
    """

    acknowledged = Signal(str)
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("attention_page")
        self.items: tuple[AttentionItem, ...] = ()
        self.rows = OperationList(theme)
        self.what = make_label(Role.TITLE, wraps=True)
        self.card = make_label(Role.BODY, wraps=True)
        self.who = make_label(Role.BODY, wraps=True)
        self.when = make_label(Role.BODY, wraps=True)
        self.why = make_label(Role.STRONG, wraps=True)
        self.to_customer = make_label(Role.STRONG, wraps=True)
        self.seen_button = ActionButton(theme, tr(words.ACKNOWLEDGE), Icon.CHECK)
        self.back_button = BackButton(theme)
        self._about = QWidget()
        self._plate = make_surface()
        make_page(self)
        self._build()

    def set_items(self, items: tuple[AttentionItem, ...]) -> None:
        """Show these. One is always marked, so that one key ticks them off one by one."""
        self.items = items
        self.rows.set_rows(tuple(item.row for item in items))
        if items and not self.rows.current_key():
            self.rows.setCurrentIndex(self.rows.model().index(0, 0))
        self.seen_button.set_possible(possible=bool(items))
        self.seen_button.set_primary(primary=bool(items))
        self._show_current()

    def take_focus(self) -> None:
        """Arrows walk the list."""
        self.rows.setFocus()

    def _build(self) -> None:
        self.rows.setObjectName("attention_list")
        self.rows.setAccessibleName(tr(words.ATTENTION_TITLE))
        self.rows.set_empty_text(tr(words.NO_ATTENTION))
        self.rows.hide_sentences()
        self.rows.row_current.connect(lambda _: self._show_current())
        self.seen_button.setObjectName("acknowledge")
        self.seen_button.set_key("F1")
        self.seen_button.clicked.connect(self._acknowledge)
        self.back_button.clicked.connect(self.back)
        plate = make_surface()
        inside = QVBoxLayout(plate)
        inside.setContentsMargins(UNIT, UNIT, UNIT, UNIT)
        inside.addWidget(self.rows)
        both = QHBoxLayout()
        both.setSpacing(_GAP)
        both.addWidget(plate, 5)
        both.addWidget(self._detail(), 6)
        buttons = QHBoxLayout()
        buttons.setSpacing(_GAP)
        buttons.addWidget(self.back_button)
        buttons.addWidget(self.seen_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_GAP)
        column.addWidget(make_label(Role.HEADLINE, tr(words.ATTENTION_TITLE)))
        column.addWidget(make_label(Role.BODY, tr(words.ATTENTION_HINT), muted=True, wraps=True))
        column.addLayout(both, 1)
        column.addLayout(buttons)

    def _detail(self) -> QWidget:
        """What happened, its facts in two columns, why, and what to say; it scrolls where a sentence is long."""
        column = QVBoxLayout(self._about)
        column.setContentsMargins(_GAP, _GAP, _GAP, _GAP)
        column.setSpacing(UNIT)
        column.addWidget(self.what)
        facts = QGridLayout()
        facts.setHorizontalSpacing(_MARGIN)
        facts.setVerticalSpacing(UNIT // 2)
        facts.setColumnStretch(1, 1)
        named: tuple[tuple[str, str, QLabel], ...] = (
            ("card", words.WHAT_CARD, self.card),
            ("who", words.WHO, self.who),
            ("when", words.WHEN, self.when),
        )
        for place, (name, word, label) in enumerate(named):
            label.setObjectName(f"attention_{name}")
            facts.addWidget(make_label(Role.BODY, tr(word), muted=True), place, 0)
            facts.addWidget(label, place, 1)
        column.addLayout(facts)
        sentences = (("why", words.WHY, self.why), ("to_customer", words.TELL_THE_CUSTOMER, self.to_customer))
        for name, word, label in sentences:
            label.setObjectName(f"attention_{name}")
            column.addSpacing(UNIT)
            column.addWidget(make_label(Role.BODY, tr(word), muted=True))
            column.addWidget(label)
        self.what.setObjectName("attention_what")
        column.addStretch(1)
        inside = QVBoxLayout(self._plate)
        inside.setContentsMargins(UNIT, UNIT, UNIT, UNIT)
        inside.addWidget(scrolled(self._about, self))
        return self._plate

    def _show_current(self) -> None:
        key = self.rows.current_key()
        item = next((item for item in self.items if item.row.key == key), None)
        self._plate.setVisible(item is not None)
        if item is None:
            return
        for label, text in (
            (self.what, item.row.what),
            (self.card, item.card),
            (self.who, item.who),
            (self.when, item.row.at_text),
            (self.why, item.why),
            (self.to_customer, item.to_customer),
        ):
            label.setText(text)

    def _acknowledge(self) -> None:
        key = self.rows.current_key()
        if key:
            self.acknowledged.emit(key)
