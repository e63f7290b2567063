"""Tests of desktop/sync/line."""
