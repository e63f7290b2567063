"""The form of a further act: how many stamps, or why, or which new card; then one button."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.present import card_words
from desktop.present.language import tr
from desktop.present.pages.cards.further_form import FormAnswer, FormView
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.controls.back_button import BackButton
from desktop.ui.controls.choice import Choice
from desktop.ui.controls.stepper import Stepper
from desktop.ui.pages.centred import centre_on
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import HALF, UNIT, Role

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_FORM_WIDTH = 96 * UNIT
_REASON_LENGTH_MAX = 200


class FurtherFormPage(QWidget):
    """Draws a `FormView`.

    Attributes:
        view: what is shown; None before the first.

    Signals:
        confirmed(FormAnswer): do it.
        back: leave the card as it is.
    """

    confirmed = Signal(object)
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("further_form_page")
        self.view: FormView | None = None
        self.title = make_label(Role.HEADLINE, wraps=True)
        self.subject = make_label(Role.BODY, muted=True, wraps=True)
        self.hint = make_label(Role.BODY, wraps=True)
        self.stepper = Stepper(theme)
        self.reason = QLineEdit()
        self.reasons: Choice | None = None
        self.do_button = ActionButton(theme, "", Icon.CHECK)
        self.back_button = BackButton(theme)
        self._reasons_at = QVBoxLayout()
        self._chosen = ""
        make_page(self)
        self._build()

    def begin(self, view: FormView) -> None:
        """Ask this, anew."""
        self.view = view
        self.title.setText(view.title)
        self.subject.setText(view.subject)
        self.hint.setText(view.hint)
        self.do_button.set_label(view.button)
        self.do_button.set_note(view.note)
        self.stepper.setVisible(bool(view.count_max))
        self.stepper.begin(view.count_max)
        self.reason.clear()
        self.reason.setVisible(bool(view.reasons))
        self._offer(view.reasons)

    def take_focus(self) -> None:
        """Enter does it: whoever came here chose it already."""
        self.do_button.setFocus()

    def answer(self) -> FormAnswer | None:
        """What the form says now. A reason that was typed is meant more than one that was chosen."""
        if self.view is None:
            return None
        return FormAnswer(self.view.act, self.stepper.value, self.reason.text().strip() or self._chosen)

    def _offer(self, reasons: tuple[str, ...]) -> None:
        if self.reasons is not None:
            self._reasons_at.removeWidget(self.reasons)
            self.reasons.hide()
            self.reasons.deleteLater()
            self.reasons = None
        self._chosen = next(iter(reasons), "")
        if reasons:
            self.reasons = Choice(tr(card_words.REASON), {reason: reason for reason in reasons})
            self.reasons.setObjectName("reasons")
            self.reasons.choose(self._chosen)
            self.reasons.chosen.connect(self._choose)
            self._reasons_at.addWidget(self.reasons)

    def _choose(self, reason: str) -> None:
        self._chosen = reason
        self.reason.clear()

    def _confirm(self) -> None:
        self.confirmed.emit(self.answer())

    def _build(self) -> None:
        self.title.setObjectName("form_title")
        self.subject.setObjectName("form_card")
        self.hint.setObjectName("form_hint")
        self.reason.setObjectName("reason")
        self.reason.setPlaceholderText(tr(card_words.OTHER_REASON))
        self.reason.setAccessibleName(tr(card_words.OTHER_REASON))
        self.reason.setMaxLength(_REASON_LENGTH_MAX)
        self.reason.returnPressed.connect(self._confirm)
        self.do_button.setObjectName("do_it")
        self.do_button.set_key("F1")
        self.do_button.set_primary(primary=True)
        self.do_button.clicked.connect(self._confirm)
        self.back_button.clicked.connect(self.back)
        plate = make_surface()
        plate.setMaximumWidth(_FORM_WIDTH)
        form = QVBoxLayout(plate)
        form.setContentsMargins(_MARGIN, _GAP, _MARGIN, _MARGIN)
        form.setSpacing(_GAP)
        words_column = QVBoxLayout()
        words_column.setSpacing(HALF)
        words_column.addWidget(self.title)
        words_column.addWidget(self.subject)
        # Beside the title, so that every form fits a low window whole.
        head = QHBoxLayout()
        head.setSpacing(_GAP)
        head.addLayout(words_column, 3)
        head.addWidget(self.stepper, 2)
        form.addLayout(head)
        form.addWidget(self.hint)
        form.addLayout(self._reasons_at)
        form.addWidget(self.reason)
        buttons = QHBoxLayout()
        buttons.setSpacing(_GAP)
        buttons.addWidget(self.back_button, 1)
        buttons.addWidget(self.do_button, 2)
        form.addLayout(buttons)
        centre_on(self, plate)
