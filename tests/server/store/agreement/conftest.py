"""A shop on a database."""

from tests.helpers.shop_fixtures import clock, engine, own_engine

__all__ = ["clock", "engine", "own_engine"]
