"""Where a short form stands on a large page."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.theme.tokens import UNIT

_MARGIN = 3 * UNIT


def centre_on(page: QWidget, plate: QWidget) -> None:
    """Put `plate` in the middle of `page`, as high as it needs to be and no wider than it may."""
    column = QVBoxLayout(page)
    column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
    column.addStretch(1)
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(plate, 20)
    row.addStretch(1)
    column.addLayout(row)
    column.addStretch(1)
