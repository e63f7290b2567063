"""The app as each of uvicorn's workers makes it."""

from fastapi import FastAPI

from common.clock import SystemClock
from server.app import create_app
from server.database import read_settings
from server.logs import configure_logs


def make_app() -> FastAPI:
    configure_logs()
    return create_app(read_settings(), SystemClock())
