"""A scheme as a QPalette: what Fusion draws by itself (selection, tool tips, dialogs) follows the same table."""

from PySide6.QtGui import QColor, QPalette

from desktop.ui.theme.tokens import Colours


def make_palette(colours: Colours) -> QPalette:
    """The palette of a scheme; disabled text is the muted one, which is still legible."""
    role = QPalette.ColorRole
    table = {
        role.Window: colours.page,
        role.WindowText: colours.text,
        role.Base: colours.surface,
        role.AlternateBase: colours.sunken,
        role.Text: colours.text,
        role.PlaceholderText: colours.text_muted,
        role.Button: colours.surface,
        role.ButtonText: colours.text,
        role.BrightText: colours.person.ink,
        role.ToolTipBase: colours.surface,
        role.ToolTipText: colours.text,
        role.Highlight: colours.accent,
        role.HighlightedText: colours.on_accent,
        role.Accent: colours.accent,
        role.Link: colours.accent,
        role.LinkVisited: colours.accent,
        role.Light: colours.line,
        role.Midlight: colours.line,
        role.Mid: colours.outline,
        role.Dark: colours.outline,
        role.Shadow: colours.outline,
    }
    palette = QPalette()
    for each, colour in table.items():
        palette.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(colours.text_muted))
    return palette
