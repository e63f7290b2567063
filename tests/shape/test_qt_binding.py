"""The binding of Qt must not eat references: the release that did aborted the till after some thousand calls."""

import subprocess
import sys

import pytest

# In a process of its own: counting None is only exact where nothing else runs.
COUNT = """
import gc, sys
from PySide6.QtCore import QObject
thing = QObject()
thing.setObjectName("warm")
gc.disable()
before = sys.getrefcount(None)
for _ in range(1000):
    thing.setObjectName("a call that returns nothing")
print(sys.getrefcount(None) - before)
"""


@pytest.mark.qt
def test_a_call_that_returns_nothing_costs_no_reference_to_none() -> None:
    counted = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True, check=True)
    assert abs(int(counted.stdout)) < 100, "each call takes or leaks a reference to None"
