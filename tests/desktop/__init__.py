"""Tests of desktop: the same tree."""
