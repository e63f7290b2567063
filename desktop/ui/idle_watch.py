"""Notices that nobody touched the till for a while."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal

_TOUCHES = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin})


class IdleWatch(QObject):
    """Watches every key, click and touch of the application.

    Signals:
        left_alone: nobody touched anything for the time given.
    """

    left_alone = Signal()

    def __init__(self, after_ms: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True, interval=after_ms)
        self._timer.timeout.connect(self.left_alone)

    def wait(self, after_ms: int) -> None:
        """From now on, wait for so long."""
        self._timer.setInterval(after_ms)

    def install(self, application: QCoreApplication) -> None:
        """Start to watch."""
        application.installEventFilter(self)
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002  (Qt's signature)
        """Qt's hook; it takes nothing out."""
        if event.type() in _TOUCHES:
            self._timer.start()
        return False
