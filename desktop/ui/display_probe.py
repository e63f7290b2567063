"""`python -m desktop.ui.display_probe`: opens the display and goes. Where it cannot, Qt ends this process alone.

`desktop.display` starts it.
"""

from PySide6.QtGui import QGuiApplication

if __name__ == "__main__":
    QGuiApplication([])
