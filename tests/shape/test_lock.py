"""The locks: everything that is installed, by hash, from wherever, and as pyproject.toml asks.

`requirements.lock` is what the product and its tests are made of. A group of dependencies that is needed for something
else has a lock of its own beside it, and is installed over it.
"""

import re
from collections import defaultdict

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.shape.source import ROOT, project

OWN_LOCKS = sorted(project()["dependency-groups"].keys() - {"dev"})
LOCKS = ["requirements.lock", *(f"requirements-{group}.lock" for group in OWN_LOCKS)]


def entries(lock: str) -> list[str]:
    """One entry and what belongs to it: its first line begins at the margin, the others are indented."""
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    return [entry for entry in re.split(r"\n(?=\S)", text) if entry and not entry.startswith("#")]


def pins(lock: str) -> dict[str, set[str]]:
    """The versions of each package; there may be several, each for a system of its own."""
    pinned: dict[str, set[str]] = defaultdict(set)
    for entry in entries(lock):
        requirement = Requirement(entry.split("--hash")[0].strip())
        pinned[canonicalize_name(requirement.name)].update(spec.version for spec in requirement.specifier)
    return pinned


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_is_pinned_by_hash(lock: str) -> None:
    assert entries(lock)
    assert [each for each in entries(lock) if "==" not in each.split("--hash")[0] or "--hash=sha256:" not in each] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_to_download_from(lock: str) -> None:
    """An address would bind everybody to one server; a hash binds nobody and proves more."""
    address = re.compile(r"https?://|file:|--(extra-)?index-url|--find-links")
    assert [line for line in (ROOT / lock).read_text().splitlines() if address.search(line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_the_pins_are_what_the_project_asks_for(lock: str) -> None:
    tables = project()
    groups = tables["dependency-groups"]
    of_the_product = [
        *tables["project"]["dependencies"],
        *(name for names in tables["project"]["optional-dependencies"].values() for name in names),
        *groups["dev"],
    ]
    asked = of_the_product if lock == LOCKS[0] else groups[OWN_LOCKS[LOCKS.index(lock) - 1]]
    pinned = pins(lock)
    wrong = [
        name
        for name, versions in ((text, pinned[canonicalize_name(Requirement(text).name)]) for text in asked)
        if not versions or not all(Requirement(name).specifier.contains(version) for version in versions)
    ]
    assert wrong == []


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_a_lock_of_its_own_changes_nothing_of_what_was_tested(lock: str) -> None:
    tested = pins(LOCKS[0])
    assert {name: versions for name, versions in pins(lock).items() if tested.get(name, versions) != versions} == {}
