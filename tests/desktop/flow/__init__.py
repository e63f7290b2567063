"""Tests of desktop/flow: the same tree."""
