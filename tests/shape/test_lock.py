"""requirements.lock: everything that is installed, by hash, from wherever, and as pyproject.toml asks."""

import re
from collections import defaultdict

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.shape.source import ROOT, project

LOCK = (ROOT / "requirements.lock").read_text()

# One entry and what belongs to it: its first line begins at the margin, the others are indented.
ENTRIES = [entry for entry in re.split(r"\n(?=\S)", LOCK.replace("\\\n", " ")) if entry and not entry.startswith("#")]


def test_every_entry_is_pinned_by_hash() -> None:
    assert ENTRIES
    assert [entry for entry in ENTRIES if "==" not in entry.split("--hash")[0] or "--hash=sha256:" not in entry] == []


def test_no_address_to_download_from() -> None:
    """An address would bind everybody to one server; a hash binds nobody and proves more."""
    assert [
        line for line in LOCK.splitlines() if re.search(r"https?://|file:|--(extra-)?index-url|--find-links", line)
    ] == []


def test_the_pins_are_what_the_project_asks_for() -> None:
    pinned: dict[str, set[str]] = defaultdict(set)
    for entry in ENTRIES:
        requirement = Requirement(entry.split("--hash")[0].strip())
        pinned[canonicalize_name(requirement.name)].update(spec.version for spec in requirement.specifier)
    tables = project()
    asked = [
        *tables["project"]["dependencies"],
        *(name for names in tables["project"]["optional-dependencies"].values() for name in names),
        *(name for names in tables["dependency-groups"].values() for name in names),
    ]
    wrong = [
        name
        for name, versions in ((text, pinned[canonicalize_name(Requirement(text).name)]) for text in asked)
        if not versions or not all(Requirement(name).specifier.contains(version) for version in versions)
    ]
    assert wrong == []
