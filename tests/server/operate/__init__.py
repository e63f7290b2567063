"""Tests of server/operate."""
