"""A step: one thing that an applied shop file changes, told in words and written as one statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import TextClause


class Action(StrEnum):
    """What happened to a thing."""

    CREATED = "created"
    CHANGED = "changed"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of what was changed.

    Attributes:
        what: merchant, program, terms, store or staff.
        detail: what is different now; empty where the name says it all. Never holds a PIN.
    """

    action: Action
    what: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A statement to execute with `values`, the merchant's id and the new version; `change` None: part of another."""

    change: Change | None
    statement: TextClause
    values: Mapping[str, Any] = field(default_factory=dict)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """`cooldown_minutes 15 → 20, allow_voids yes → no`; empty when nothing differs."""
    return ", ".join(
        f"{name} {written(before[name])} → {written(value)}" for name, value in after.items() if before[name] != value
    )


def written(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return f'"{value}"'
    return value.strftime("%H:%M") if hasattr(value, "strftime") else str(value)
