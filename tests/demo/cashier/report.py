"""What the scripted run expected, and what it saw: on the terminal while it goes on, and as files at its end."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from common.clock import Clock
from common.times import to_wire

REPORT: Final = "report.md"
RESULT: Final = "report.json"


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that must come out so; `expected` and `seen` as a person reads them."""

    what: str
    expected: str
    seen: str
    holds: bool


@dataclass(slots=True)
class Step:
    """One step of the story.

    Attributes:
        told: what the cashier was told in it.
        picture: the file of its screenshot, beside the report; empty without a window.
    """

    number: int
    title: str
    told: str = ""
    picture: str = ""
    expectations: list[Expectation] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return all(expectation.holds for expectation in self.expectations)

    @property
    def file_name(self) -> str:
        """`03-a-stamp.png`"""
        words = "".join(letter if letter.isalnum() else " " for letter in self.title.lower()).split()
        return f"{self.number:02}-{'-'.join(words)}.png"

    def expect(self, what: str, expected: object, seen: object) -> None:
        """`seen` must equal `expected`."""
        self.expectations.append(Expectation(what, _words(expected), _words(seen), expected == seen))

    def expect_words(self, what: str, words: str, seen: str) -> None:
        """`seen` must contain `words`, in capitals or not."""
        self.expectations.append(Expectation(what, f"… {words} …", seen, words.casefold() in seen.casefold()))


class Broken(Exception):
    """A step could not be done; the steps behind it cannot be told."""


class Report:
    """Collects the steps. `say` prints a line for the person in front of the terminal."""

    def __init__(self, how: str, clock: Clock, known: tuple[type[Exception], ...]) -> None:
        """`known` is the trouble that a step may meet; everything else is a bug, and passes through."""
        self.how = how
        self._known = known
        self.steps: list[Step] = []
        self._clock = clock
        self._began_ms = clock.uptime_ms()
        self._began_at = clock.now()

    @property
    def failed(self) -> list[tuple[Step, Expectation]]:
        return [(step, one) for step in self.steps for one in step.expectations if not one.holds]

    @property
    def holds(self) -> bool:
        """Everything that was expected was seen, and something was expected."""
        return not self.failed and any(step.expectations for step in self.steps)

    @property
    def seconds(self) -> float:
        return (self._clock.uptime_ms() - self._began_ms) / 1000

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """One step. What breaks it off is kept as an expectation that failed. Known trouble raises Broken."""
        step = Step(len(self.steps) + 1, title)
        self.steps.append(step)
        try:
            yield step
        except Exception as error:
            words = f"{type(error).__name__}: {error}"
            step.expectations.append(Expectation("The step can be done", "done", words, holds=False))
            if isinstance(error, self._known):
                raise Broken(title) from error
            raise
        finally:
            print(f"  {'ok  ' if step.holds else 'FAIL'}  {step.number:02}  {step.title}")

    def write(self, folder: Path) -> None:
        """The report for people, and the same for programs."""
        (folder / REPORT).write_text(self._text(), encoding="utf-8")
        result = {
            "holds": self.holds,
            "how": self.how,
            "began_at": to_wire(self._began_at),
            "seconds": round(self.seconds, 1),
            "steps": [asdict(step) | {"holds": step.holds} for step in self.steps],
        }
        (folder / RESULT).write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    def summary(self) -> str:
        """`All 31 expectations hold.` or which do not."""
        total = sum(len(step.expectations) for step in self.steps)
        if self.holds:
            return f"All {total} expectations hold."
        lines = [
            f"  {step.number:02} {step.title}: {one.what}. Expected {one.expected}, seen {one.seen}"
            for step, one in self.failed
        ]
        return "\n".join([f"{len(lines)} of {total} expectations do not hold:", *lines])

    def _text(self) -> str:
        parts = [
            "# Tillstamp: the demo's report",
            f"{self._began_at:%Y-%m-%d %H:%M} UTC, {self.seconds:.0f} s. {self.how}",
            f"**{'Everything came out as the law says.' if self.holds else 'Something did not come out right.'}**",
            self.summary(),
        ]
        return "\n\n".join([*parts, *(_step_text(step) for step in self.steps)]) + "\n"


def _words(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _step_text(step: Step) -> str:
    rows = "\n".join(
        f"| {'yes' if one.holds else '**NO**'} | {_cell(one.what)} | {_cell(one.expected)} | {_cell(one.seen)} |"
        for one in step.expectations
    )
    told = f"> {step.told}\n\n" if step.told else ""
    table = f"| holds | what | expected | seen |\n| --- | --- | --- | --- |\n{rows}" if rows else ""
    picture = f"\n\n![{step.title}]({step.picture})" if step.picture else ""
    return f"## {step.number:02} {step.title}\n\n{told}{table}{picture}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
