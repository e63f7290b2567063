"""Tests of desktop/ui/theme: the same tree."""
