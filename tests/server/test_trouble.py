"""The drawn tree of known trouble is the real one."""

import importlib
import pkgutil
import re

import server
from server import trouble
from server.trouble import KnownTrouble, ShopFileTrouble


def kinds_of(kind: type[KnownTrouble]) -> set[type[KnownTrouble]]:
    return {kind}.union(*(kinds_of(below) for below in kind.__subclasses__()))


def test_drawing_names_every_known_trouble_of_the_server() -> None:
    for module in pkgutil.walk_packages(server.__path__, "server."):
        if not module.name.endswith("__main__") and ".migrations." not in module.name:
            importlib.import_module(module.name)
    drawn = set(re.findall(r"(?:├──|└──|::\n\n   ) ?(\w+)", trouble.__doc__ or ""))
    real = {kind.__name__ for kind in kinds_of(KnownTrouble) if kind.__module__.startswith("server.")}
    assert drawn - {"Exception"} == real


def test_problems_of_a_shop_file_are_listed_one_to_a_line() -> None:
    assert (
        str(ShopFileTrouble("shop.toml", ("a", "b"))) == "shop.toml has 2 problems. Nothing was changed.\n  - a\n  - b"
    )
    assert str(ShopFileTrouble("shop.toml", ("a",))) == "shop.toml has 1 problem. Nothing was changed.\n  - a"
