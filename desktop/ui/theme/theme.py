"""The theme in use, handed to every widget that paints itself."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop.preferences import Look, Preferences, TextSize
from desktop.ui.theme.fonts import make_font, ui_family
from desktop.ui.theme.palette import make_palette
from desktop.ui.theme.style import make_style_sheet
from desktop.ui.theme.tokens import SCHEMES, Colours, Role, SchemeName, scheme_colours


class Theme(QObject):
    """Dresses the application and says which colours and fonts a widget paints with.

    Attributes:
        scheme: name of the scheme in use.
        colours: its colours.
        text_size: how large the texts of a widget that is built now are.
        training: whether they are those of a training.

    Signals:
        changed: another scheme is in use; paint again.
    """

    changed = Signal()

    def __init__(
        self, scheme: SchemeName, text_size: TextSize = TextSize.NORMAL, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.scheme = scheme
        self.text_size = text_size
        self.training = False
        self.colours: Colours = SCHEMES[scheme]
        self._family = ui_family()
        self._fonts = {role: make_font(self._family, role, text_size) for role in Role}

    def font(self, role: Role) -> QFont:
        """The font of `role`."""
        return self._fonts[role]

    def dress(self, application: QApplication) -> None:
        """Give the application Fusion, and the fonts, palette and style sheet of the scheme in use."""
        application.setStyle("Fusion")
        application.setFont(self.font(Role.BODY))
        application.setPalette(make_palette(self.colours))
        application.setStyleSheet(make_style_sheet(self.colours, self.text_size))

    def use(
        self, scheme: SchemeName, text_size: TextSize, application: QApplication, *, training: bool = False
    ) -> None:
        """Change to `scheme` while the window is open. Another size of texts takes widgets that are built anew."""
        if (scheme, text_size, training) == (self.scheme, self.text_size, self.training):
            return
        self.scheme = scheme
        self.training = training
        self.colours = scheme_colours(scheme, training=training)
        self.text_size = text_size
        self._fonts = {role: make_font(self._family, role, text_size) for role in Role}
        self.dress(application)
        self.changed.emit()


def scheme_of(preferences: Preferences) -> SchemeName:
    """The scheme that was chosen, or the one that the desktop asks for; light where neither says anything."""
    if preferences.look is not Look.SYSTEM:
        return SchemeName(preferences.look.value)
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return SchemeName.DARK if dark else SchemeName.LIGHT
