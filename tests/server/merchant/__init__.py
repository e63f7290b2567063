"""Tests of server/merchant."""
