"""Tests of the embedded PostgreSQL: the real one, killed, shared and moved about."""
