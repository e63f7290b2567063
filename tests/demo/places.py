"""Where the demo keeps its things."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """The demo's two folders: `data` is kept between runs, `out` is written anew by each scripted run."""

    data: Path
    out: Path

    @property
    def server(self) -> Path:
        return self.data / "server"

    @property
    def server_log(self) -> Path:
        return self.data / "server.log"

    @property
    def cards(self) -> Path:
        """The sheet of the demo's cards, to be scanned from a screen or from paper."""
        return self.data / "cards.html"

    @property
    def kept(self) -> Path:
        """What the next run must know. Written last: without it the data is not whole."""
        return self.data / "demo.json"

    def till(self, store: str) -> Path:
        """The data folder of the till in a store."""
        return self.data / f"till-{store}"
