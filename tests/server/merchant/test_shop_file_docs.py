"""The page about the shop file says what the program does."""

import re
from pathlib import Path

import pytest

from common.terms import BOUNDS, Terms
from server.merchant.shop_file import SECTIONS, parse_shop_file
from server.trouble import ShopFileTrouble

PAGE = (Path(__file__).parents[3] / "docs" / "shop-file.md").read_text(encoding="utf-8")
EXAMPLE = PAGE.split("```toml\n")[1].split("```", maxsplit=1)[0]
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (\d+).* \| (\d+).* \|$", re.MULTILINE)


def test_example_can_be_applied_and_shows_the_defaults() -> None:
    shop = parse_shop_file(EXAMPLE, name="shop-file.md")
    assert shop.terms.terms(1) == Terms(timezone="Europe/Luxembourg")
    assert shop.merchant.model_dump(exclude={"slug", "name"}) == {
        name: field.default for name, field in SECTIONS["merchant"].model_fields.items() if name not in ("slug", "name")
    }


def test_example_has_every_key() -> None:
    for section, model in SECTIONS.items():
        for key in model.model_fields:
            assert re.search(rf"^{key} = ", EXAMPLE, re.MULTILINE), f"{section}: {key}"


@pytest.mark.parametrize(("name", "default", "least", "greatest"), ROW.findall(PAGE))
def test_bounds_are_those_of_the_program(name: str, default: str, least: str, greatest: str) -> None:
    section = "terms" if name in BOUNDS else "merchant"
    assert str(SECTIONS[section].model_fields[name].default) == default
    if name == "reward":
        assert (BOUNDS[name].least, BOUNDS[name].greatest) == (int(least), int(greatest))
        return
    for value, good in ((least, True), (greatest, True), (int(least) - 1, False), (int(greatest) + 1, False)):
        # After its heading, and without the line of the example that sets it.
        rest = re.sub(rf"^{name} = .*\n", "", EXAMPLE, flags=re.MULTILINE)
        content = rest.replace(f"[{section}]\n", f"[{section}]\n{name} = {value}\n")
        if good:
            parse_shop_file(content, name="shop.toml")
        else:
            with pytest.raises(ShopFileTrouble, match=f"{name} must be {least} to {greatest}"):
                parse_shop_file(content, name="shop.toml")


def test_every_bound_is_on_the_page() -> None:
    numbers = {"offline_days_max", "pin_attempts_max", "pin_lock_minutes"}
    assert {name for name, *_ in ROW.findall(PAGE)} == set(BOUNDS) | numbers
