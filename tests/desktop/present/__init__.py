"""Tests of desktop/present: the same tree."""
