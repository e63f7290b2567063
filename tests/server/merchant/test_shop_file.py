"""A shop file is read whole, and everything that is wrong with it is said at once, in the merchant's words."""

import re
from datetime import time
from pathlib import Path

import pytest

from common.rules.standing import Role
from common.terms import OfflineRedemption, PinPolicy, Terms
from server.merchant.shop_file import FILE_BYTES_MAX, SECTIONS, parse_shop_file, read_shop_file
from server.trouble import FileTrouble, ShopFileTrouble

LEAST = """
[merchant]
slug = "roast"
name = "Roast & Co"
[program]
name = "Coffee card"
[terms]
timezone = "Europe/Luxembourg"
[[stores]]
slug = "gare"
name = "Gare"
"""

MERCHANT_KEYS = {"slug", "name", "offline_days_max", "pin_attempts_max", "pin_lock_minutes", "log_ip"}


def problems_of(content: str) -> tuple[str, ...]:
    with pytest.raises(ShopFileTrouble) as caught:
        parse_shop_file(content, name="shop.toml")
    return caught.value.problems


def with_line(section: str, line: str) -> str:
    return LEAST.replace(f"{section}\n", f"{section}\n{line}\n")


def test_left_out_numbers_are_the_defaults_of_the_law() -> None:
    shop = parse_shop_file(LEAST, name="shop.toml")
    assert shop.terms.terms(1) == Terms(timezone="Europe/Luxembourg")
    numbers = shop.merchant.model_dump(exclude={"slug", "name"})
    assert numbers == {"offline_days_max": 14, "pin_attempts_max": 5, "pin_lock_minutes": 30, "log_ip": True}


def test_every_number_and_policy_can_be_written() -> None:
    assert set(SECTIONS["terms"].model_fields) == set(Terms.__dataclass_fields__) - {"version"}
    assert set(SECTIONS["merchant"].model_fields) == MERCHANT_KEYS
    terms = """
stamps_target = 8
reward = "A cake"
cooldown_minutes = 0
daily_limit = 3
visit_limit = 2
stamps_enabled = false
day_starts_at = "04:30"
pin_policy = "off"
allow_voids = false
void_days_max = 0
cross_store_redemption = false
offline_redemption = "never"
"""
    shop = parse_shop_file(with_line("[terms]", terms), name="shop.toml")
    assert shop.terms.terms(3) == Terms(
        version=3,
        stamps_target=8,
        reward="A cake",
        cooldown_minutes=0,
        daily_limit=3,
        visit_limit=2,
        stamps_enabled=False,
        timezone="Europe/Luxembourg",
        day_starts_at=time(4, 30),
        pin_policy=PinPolicy.OFF,
        allow_voids=False,
        void_days_max=0,
        cross_store_redemption=False,
        offline_redemption=OfflineRedemption.NEVER,
    )


def test_staff_is_a_cashier_of_every_store_unless_it_says_otherwise() -> None:
    (person,) = parse_shop_file(LEAST + '[[staff]]\nname = " Ana "\npin = "0421"\n', name="shop.toml").staff
    assert (person.name, person.pin, person.role, person.stores) == ("Ana", "0421", Role.CASHIER, None)
    assert "0421" not in repr(person)


@pytest.mark.parametrize(
    ("section", "line", "said"),
    [
        ("[terms]", "stamps_target = 0", "[terms]: stamps_target must be 1 to 100, not 0"),
        ("[terms]", "void_days_max = 36", "[terms]: void_days_max must be 0 to 35, not 36"),
        ("[terms]", "allow_voids = 1", "[terms]: allow_voids must be true or false without quotes, not 1"),
        ("[terms]", 'reward = ""', "[terms]: reward must have 1 to 120 characters, not 0"),
        ("[terms]", 'reward = "a\\u0000b"', "[terms]: reward must be one line without control characters"),
        ("[terms]", "reward = 1", "[terms]: reward must be text in quotes, not 1"),
        (
            "[terms]",
            'daily_limit = "5"',
            '[terms]: daily_limit must be a whole number without quotes, 1 to 1000, not "5"',
        ),
        (
            "[terms]",
            "daily_limit = true",
            "[terms]: daily_limit must be a whole number without quotes, 1 to 1000, not true",
        ),
        (
            "[terms]",
            'pin_policy = "maybe"',
            '[terms]: pin_policy must be "required", "optional" or "off", not "maybe"',
        ),
        (
            "[terms]",
            'day_starts_at = "24:00"',
            '[terms]: day_starts_at must be a time of day like "04:30", not "24:00"',
        ),
        ("[terms]", "cooldown_minuts = 5", '[terms]: unknown key "cooldown_minuts", did you mean "cooldown_minutes"?'),
        (
            "[merchant]",
            "stamps_target = 5",
            '[merchant]: "stamps_target" does not belong here; it belongs under [terms]',
        ),
        ("[merchant]", "offline_days_max = 0", "[merchant]: offline_days_max must be 1 to 3650, not 0"),
        ("[merchant]", "logip = true", '[merchant]: unknown key "logip", did you mean "log_ip"?'),
        ("[program]", "xyz = 1", '[program]: unknown key "xyz"; known here: inactive, name'),
        ("", "[[staf]]\nname = 'Ana'", 'there is an unknown section or key "staf", did you mean [[staff]]?'),
    ],
)
def test_one_wrong_line_is_named(section: str, line: str, said: str) -> None:
    content = with_line(section, line) if section else LEAST + line
    assert problems_of(content) == (said,)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ('"Europe/Luxemburg"', '"Europe/Luxemburg"; did you mean "Europe/Luxembourg"?'),
        ('"Mars"', '"Mars"; '),
        ('""', '""; write it like "Europe/Luxembourg"'),
        ('"Europe"', '"Europe"; '),
        ('"../../etc/passwd"', '"../../etc/passwd"; write it like "Europe/Luxembourg"'),
    ],
)
def test_wrong_time_zone_is_named_with_the_nearest(zone: str, said: str) -> None:
    (problem,) = problems_of(LEAST.replace('"Europe/Luxembourg"', zone))
    assert problem.startswith(f"[terms]: timezone is not a time zone: {said}")


@pytest.mark.parametrize("pin", ['"12"', '"1234567"', '"48a1"', '"٤٨٢١"', "4821", "true", '""'])
def test_wrong_pin_is_told_without_being_shown(pin: str) -> None:
    (problem,) = problems_of(LEAST + f'[[staff]]\nname = "Ana"\npin = {pin}\n')
    assert problem.startswith('staff "Ana": pin must')
    assert problem.replace('"4821"', "").count(pin.strip('"') or "\0") == 0


def test_contradictions_between_lines_are_found() -> None:
    content = LEAST + '[[stores]]\nslug = "gare"\nname = "Gare 2"\n'
    content += '[[staff]]\nname = "Ana"\npin = "4821"\nstores = ["garre"]\n' * 2
    content += '[[staff]]\nname = "Ben"\npin = "4821"\nstores = []\n'
    assert problems_of(content) == (
        'the store "gare" stands there twice',
        'staff "Ana" stands there twice; on a till nobody could tell one from the other',
        'staff "Ana" works in the store "garre", which the file does not have',
        'staff "Ana" works in the store "garre", which the file does not have',
        'staff "Ben" has an empty list of stores; leave "stores" out to mean every store',
    )


def test_all_problems_come_at_once() -> None:
    content = with_line("[terms]", "stamps_target = 0").replace('slug = "roast"', 'slug = "Roast!"')
    content += '[[staff]]\nname = "Ana"\npin = "1"\nstores = ["nowhere"]\n'
    said = problems_of(content)
    assert [problem.split()[0] for problem in said] == ["[merchant]:", "[terms]:", "staff", "staff"]


def test_missing_sections_and_keys_are_named() -> None:
    assert problems_of("") == (
        "there is no [merchant]",
        "there is no [program]",
        "there is no [terms]",
        "there is no [[stores]]",
    )
    assert problems_of("stores = []\n" + LEAST.split("[[stores]]", maxsplit=1)[0]) == ("there is no [[stores]]",)
    assert problems_of(LEAST.replace('name = "Gare"', "")) == ('store "gare": name is missing',)
    assert problems_of(LEAST.replace('slug = "gare"\nname = "Gare"', "")) == (
        "[[stores]] number 1: slug is missing",
        "[[stores]] number 1: name is missing",
    )


@pytest.mark.parametrize("content", ["merchant = 3", "stores = [1]", 'staff = "x"', "terms = []"])
def test_what_is_no_section_is_told(content: str) -> None:
    name = content.split(maxsplit=1)[0]
    assert any(re.search(rf"\[{name}\]+ is not written as a section", problem) for problem in problems_of(content))


def test_broken_toml_is_named_with_its_line() -> None:
    (problem,) = problems_of('[merchant]\nslug "roast"\n')
    assert "line 2" in problem


def test_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text(LEAST, encoding="utf-8-sig")
    assert read_shop_file(path).merchant.slug == "roast"


def test_file_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_bytes('[merchant]\nname = "Café"\n'.encode("latin-1"))
    with pytest.raises(ShopFileTrouble, match="line 2 holds a character that is not UTF-8"):
        read_shop_file(path)


def test_file_that_cannot_be_read_is_known_trouble(tmp_path: Path) -> None:
    with pytest.raises(FileTrouble, match="cannot be read: No such file"):
        read_shop_file(tmp_path / "none.toml")
    with pytest.raises(FileTrouble, match="cannot be read: Is a directory"):
        read_shop_file(tmp_path)
    large = tmp_path / "film.toml"
    large.write_bytes(b"#" * (FILE_BYTES_MAX + 1))
    with pytest.raises(FileTrouble, match="too large"):
        read_shop_file(large)


def test_a_file_without_an_end_is_not_read_to_it() -> None:
    with pytest.raises(FileTrouble, match="too large to be a shop file"):
        read_shop_file(Path("/dev/zero"))
