"""Tests of server/store/agreement."""
