"""Server-sent events, line by line: what the stream that wakes a till says. Pure."""

from pydantic import ValidationError

from common.wire.events import CHANGED, Changed


class EventReader:
    """Makes versions of lines. What it does not know, a newer server may say: it is passed over."""

    def __init__(self) -> None:
        self._name = ""
        self._data: str | None = None

    def read(self, line: str) -> int | None:
        """The version that an event told, when this line ends one; None for every other line."""
        if line:
            self._note(line)
            return None
        name, data = self._name, self._data
        self._name, self._data = "", None
        if name != CHANGED or data is None:
            return None
        try:
            return Changed.model_validate_json(data).ver
        except ValidationError:
            return None

    def _note(self, line: str) -> None:
        # A comment is a field without a name.
        name, _, value = line.partition(":")
        if name == "event":
            self._name = value.strip()
        elif name == "data":
            # Ours is one line. Of an event that has more, whatever it is, no number can be read, and nothing is kept.
            self._data = value if self._data is None else ""
