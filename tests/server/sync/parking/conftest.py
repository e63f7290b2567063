"""A merchant of this test's own, and tills that push to it."""

from tests.helpers.shop_fixtures import clock, engine, open_shop, own_engine, shop

__all__ = ["clock", "engine", "open_shop", "own_engine", "shop"]
