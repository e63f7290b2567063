"""The card in hand: its stamps, the three things to do with it, and what happened to it."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.present import card_words, words
from desktop.present.language import ntr, tr
from desktop.present.views import ActionView, CardAct, StampCardView
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.controls.back_button import BackButton
from desktop.ui.controls.stepper import Stepper
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role
from desktop.ui.widgets.operation_list import OperationList
from desktop.ui.widgets.stamp_circles import StampCircles

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_ROW = 12 * UNIT
_LOW = 54 * UNIT
_LOOKS = {
    CardAct.STAMP: (words.STAMP, Icon.STAMP, "F1"),
    CardAct.REDEEM: (words.REDEEM, Icon.GIFT, "F2"),
    CardAct.VOID: (words.VOID, Icon.UNDO, "F3"),
}


class CardPage(QWidget):
    """Draws a `StampCardView`.

    Attributes:
        view: what is shown; None before the first card.
        buttons: one for each act.
        stepper: how many stamps; seen where one visit may earn more than one.

    Signals:
        act_requested(CardAct): a button, or its key.
        further_requested: what else can be done with this card?
        void_requested(str): a row that can be taken back was pressed; the operation's key.
        back: away from this card.
    """

    act_requested = Signal(object)
    further_requested = Signal()
    void_requested = Signal(str)
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card_page")
        self.view: StampCardView | None = None
        self.name = make_label(Role.HEADLINE, wraps=True)
        self.number = make_label(Role.BODY, muted=True)
        self.reward = make_label(Role.BODY, muted=True, wraps=True)
        self.as_of = make_label(Role.BODY, muted=True, wraps=True)
        self.stamps = StampCircles(theme)
        self.rows = OperationList(theme)
        self.buttons = {act: ActionButton(theme, tr(label), icon) for act, (label, icon, _) in _LOOKS.items()}
        self.stepper = Stepper(theme)
        self.further_button = ActionButton(theme, tr(card_words.FURTHER), Icon.MORE)
        self.back_button = BackButton(theme)
        self._history = make_surface()
        self._history_at = QWidget()
        make_page(self)
        self._build()

    def set_view(self, view: StampCardView) -> None:
        """Show this card. The focus goes to the one sensible act, unless the cashier is busy in the history."""
        another = self.view is None or self.view.card_id != view.card_id
        self.view = view
        self.name.setText(view.first_name or view.number)
        self.number.setText(view.number if view.first_name else "")
        self.number.setVisible(bool(view.first_name))
        self.reward.setText(view.blocked_text or tr(words.REWARD_IS).format(reward=view.reward))
        self.as_of.setText(_age(view))
        self.stamps.set_stamps(view.stamps)
        for action in view.actions:
            self._set_action(action, primary=action.act is view.primary)
        self._set_stepper(view, anew=another)
        self.rows.set_rows(view.history)
        if not self.rows.hasFocus():
            self.take_focus()

    def take_focus(self) -> None:
        """Enter does the one sensible thing; where there is none, it goes back."""
        primary = self.view.primary if self.view is not None else None
        (self.buttons[primary] if primary is not None else self.back_button).setFocus()

    def count(self) -> int:
        """How many stamps the cashier wants to give."""
        return self.stepper.value

    def begin_count(self) -> None:
        """The stamps were given: the next time it is one again."""
        self.stepper.begin(self.stepper.maximum)

    def void_target(self) -> str:
        """The key of the row that Void is about: the one marked, else the newest that can be taken back."""
        if self.view is None:
            return ""
        voidable = [row.key for row in self.view.history if row.voidable]
        marked = self.rows.current_key()
        return marked if marked in voidable else next(iter(voidable), "")

    def _set_action(self, action: ActionView, *, primary: bool) -> None:
        button = self.buttons[action.act]
        button.set_label(action.label)
        button.set_primary(primary=primary)
        button.set_possible(possible=action.enabled, why_not=action.why_not)

    def _set_stepper(self, view: StampCardView, *, anew: bool) -> None:
        may_stamp = any(action.act is CardAct.STAMP and action.enabled for action in view.actions)
        if anew:
            self.stepper.begin(view.stamps_max)
        else:
            self.stepper.bound(view.stamps_max)
        self.stepper.setVisible(may_stamp and view.stamps_max > 1)
        self._name_stamp()

    def _name_stamp(self) -> None:
        """The button says what it will do."""
        count = self.count()
        many = ntr(*card_words.STAMP_TIMES, count) if count > 1 else tr(words.STAMP)
        self.buttons[CardAct.STAMP].set_label(many)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's hook. Where a result takes the room, less than a row of history is none."""
        super().resizeEvent(event)
        low = self.height() < _LOW
        for button in (*self.buttons.values(), self.back_button, self.further_button):
            button.set_low(low=low)
        self.stepper.set_low(low=low)
        # The result above names the reward where it matters.
        self.reward.setVisible(not low or bool(self.view and self.view.blocked_text))
        self._fit_history()

    def _fit_history(self) -> None:
        self._history.setVisible(self._history_at.height() >= _ROW)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook: what is left for the history has changed."""
        if watched is self._history_at and event.type() == QEvent.Type.Resize:
            self._fit_history()
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        for act, (_, _, key) in _LOOKS.items():
            button = self.buttons[act]
            button.setObjectName(act.value)
            button.set_key(key)
            button.clicked.connect(lambda _checked=False, act=act: self.act_requested.emit(act))
        self.back_button.clicked.connect(self.back)
        self.further_button.setObjectName("further")
        self.further_button.set_key("F11")
        self.further_button.clicked.connect(self.further_requested)
        self.stepper.changed.connect(lambda _: self._name_stamp())
        self.name.setObjectName("card_name")
        self.number.setObjectName("card_number_shown")
        self.as_of.setObjectName("as_of")
        self.stamps.setObjectName("stamps")
        self.rows.setObjectName("card_history")
        self.rows.setAccessibleName(tr(words.HISTORY))
        self.rows.row_chosen.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        row.setSpacing(_MARGIN)
        row.addLayout(self._main(), 5)
        row.addLayout(self._side(), 4)

    def _main(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(_GAP)
        column.addWidget(self._card(), 1)
        under = QHBoxLayout()
        under.setSpacing(_GAP)
        under.addWidget(self.back_button, 1)
        under.addWidget(self.further_button, 1)
        column.addLayout(under)
        return column

    def _card(self) -> QWidget:
        plate = make_surface()
        column = QVBoxLayout(plate)
        column.setContentsMargins(_MARGIN, _GAP, _MARGIN, _GAP)
        column.setSpacing(UNIT // 2)
        head = QHBoxLayout()
        head.setSpacing(_GAP)
        head.addWidget(self.name, 1)
        head.addWidget(self.reward, 1)
        self.reward.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(head)
        column.addWidget(self.number)
        column.addWidget(self.stamps, 1)
        self.as_of.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.as_of)
        return plate

    def _side(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(UNIT)
        for act in CardAct:
            column.addWidget(self.buttons[act])
            if act is CardAct.STAMP:
                column.addWidget(self.stepper)
        inside = QVBoxLayout(self._history)
        inside.setContentsMargins(UNIT, UNIT, UNIT, UNIT)
        inside.addWidget(self.rows)
        around = QVBoxLayout(self._history_at)
        around.setContentsMargins(0, UNIT, 0, 0)
        around.addWidget(self._history)
        self._history_at.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._history_at.setMinimumHeight(1)
        self._history_at.installEventFilter(self)
        column.addWidget(self._history_at, 1)
        return column

    def _choose(self, key: str) -> None:
        if self.view is not None and any(row.key == key and row.voidable for row in self.view.history):
            self.void_requested.emit(key)


def _age(view: StampCardView) -> str:
    """How old the balance is, and how much of it the server has not confirmed."""
    provisional = view.stamps.provisional
    return " · ".join(
        part for part in (view.as_of_text, ntr(*card_words.NOT_CONFIRMED, provisional) if provisional else "") if part
    )
