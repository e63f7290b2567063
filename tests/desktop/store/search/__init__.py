"""Tests of desktop/store/search: the same tree."""
