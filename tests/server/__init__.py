"""Tests of the server, folder by folder as in server/."""
