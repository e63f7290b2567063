"""Tests of server/store/wake."""
