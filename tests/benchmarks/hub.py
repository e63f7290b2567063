"""Our server's app, as `serve` builds it, for a uvicorn whose settings it shares with what it is measured beside."""

from fastapi import FastAPI

from common.clock import SystemClock
from server.app import create_app
from server.settings import Settings


def make_app() -> FastAPI:
    """The app on the database that the environment names."""
    return create_app(Settings(), SystemClock())
