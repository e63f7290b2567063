"""Tests of desktop/ui: the same tree."""
