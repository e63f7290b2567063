"""Tests of desktop/cli: the same tree."""
