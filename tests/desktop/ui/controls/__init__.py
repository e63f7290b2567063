"""Tests of desktop/ui/controls: the same tree."""
