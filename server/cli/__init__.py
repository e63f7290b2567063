"""The server's command line: one file for each group of commands. Nothing is decided here."""

from server.cli.app import app

__all__ = ["app"]
