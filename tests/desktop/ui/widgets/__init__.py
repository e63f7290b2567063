"""Tests of desktop/ui/widgets: the same tree."""
