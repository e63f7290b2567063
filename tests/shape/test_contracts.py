"""Which floor stands on which: the contracts of pyproject.toml, all of them kept."""

import subprocess
import sys
from pathlib import Path

from tests.shape.source import ROOT, project


def test_every_import_contract_is_kept() -> None:
    contracts = project()["tool"]["importlinter"]["contracts"]
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert f"Contracts: {len(contracts)} kept, 0 broken." in checked.stdout, checked.stdout + checked.stderr


def test_nothing_of_the_three_trees_stands_outside_the_floors() -> None:
    """A package that no contract names could import what it likes."""
    ruled = {word for contract in project()["tool"]["importlinter"]["contracts"] for word in _modules(contract)}
    packages = {
        f"{tree}.{path.parent.name}" for tree in ("desktop", "server") for path in ROOT.glob(f"{tree}/*/__init__.py")
    }
    assert packages, "there is nothing to check"
    assert packages - ruled == set()


def _modules(contract: dict[str, list[str]]) -> list[str]:
    named = [*contract.get("layers", []), *contract.get("source_modules", []), *contract.get("modules", [])]
    return [module.strip() for entry in named for module in entry.split("|")]
