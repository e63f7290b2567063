"""The shop file: a merchant, its program, terms, stores and staff, as TOML.

Reading it needs no database. It finds every problem at once and says each in the merchant's words.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError

from common.rules.standing import Role
from common.terms import OfflineRedemption, PinPolicy, Terms
from server.merchant.shop_problems import in_words
from server.merchant.shop_values import bounded, one_of, pin, slug, time_of_day, whole, words, yes_or_no, zone
from server.trouble import FileTrouble, ShopFileTrouble

# Shop files have some hundred lines; whoever names a film by mistake is told so at once.
FILE_BYTES_MAX: Final = 1_000_000

Slug = Annotated[str, PlainValidator(slug)]
ShortName = Annotated[str, words(1, 120)]
Pin = Annotated[str, PlainValidator(pin)]
YesOrNo = Annotated[bool, PlainValidator(yes_or_no)]

_DEFAULT: Final = Terms()


class Section(BaseModel):
    """A part of the file. A key that it does not know is a mistake to be told, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MerchantSection(Section):
    """Who, and the merchant's numbers that are not versioned."""

    slug: Slug
    name: ShortName
    offline_days_max: Annotated[int, whole(1, 3_650)] = 14
    pin_attempts_max: Annotated[int, whole(1, 10)] = 5
    pin_lock_minutes: Annotated[int, whole(1, 1_440)] = 30
    log_ip: YesOrNo = True


class ProgramSection(Section):
    """`inactive = true` closes the program from the moment it is applied; without it the program is open."""

    name: ShortName
    inactive: YesOrNo = False


class TermsSection(Section):
    """Every number and policy that the rules read. All have a default but the time zone, which nobody can guess."""

    stamps_target: Annotated[int, bounded("stamps_target")] = _DEFAULT.stamps_target
    reward: Annotated[str, bounded("reward")] = _DEFAULT.reward
    cooldown_minutes: Annotated[int, bounded("cooldown_minutes")] = _DEFAULT.cooldown_minutes
    daily_limit: Annotated[int, bounded("daily_limit")] = _DEFAULT.daily_limit
    visit_limit: Annotated[int, bounded("visit_limit")] = _DEFAULT.visit_limit
    stamps_enabled: YesOrNo = _DEFAULT.stamps_enabled
    timezone: Annotated[str, PlainValidator(zone)]
    day_starts_at: Annotated[time, PlainValidator(time_of_day)] = _DEFAULT.day_starts_at
    pin_policy: Annotated[PinPolicy, one_of(PinPolicy)] = _DEFAULT.pin_policy
    allow_voids: YesOrNo = _DEFAULT.allow_voids
    void_days_max: Annotated[int, bounded("void_days_max")] = _DEFAULT.void_days_max
    cross_store_redemption: YesOrNo = _DEFAULT.cross_store_redemption
    offline_redemption: Annotated[OfflineRedemption, one_of(OfflineRedemption)] = _DEFAULT.offline_redemption

    def terms(self, version: int) -> Terms:
        return Terms(version=version, **self.model_dump())


class StoreSection(Section):
    slug: Slug
    name: ShortName


class StaffSection(Section):
    """A person. Without `stores`: every store. Without `pin`: the PIN that was applied before stays."""

    name: ShortName
    pin: Pin | None = Field(default=None, repr=False)
    role: Annotated[Role, one_of(Role)] = Role.CASHIER
    stores: list[Slug] | None = None


class ShopFile(Section):
    """A whole shop file."""

    merchant: MerchantSection
    program: ProgramSection
    terms: TermsSection
    stores: Annotated[list[StoreSection], Field(min_length=1)]
    staff: list[StaffSection] = Field(default_factory=list)


SECTIONS: Final[dict[str, type[Section]]] = {
    "merchant": MerchantSection,
    "program": ProgramSection,
    "terms": TermsSection,
    "stores": StoreSection,
    "staff": StaffSection,
}


def read_shop_file(path: Path) -> ShopFile:
    """The shop file at `path`. Raises FileTrouble when it cannot be read, ShopFileTrouble with all its problems."""
    try:
        with path.open("rb") as file:
            # Not asked for its size: that of a pipe or a device says nothing.
            raw = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise FileTrouble(f"The shop file {path} cannot be read: {error.strerror}.") from error
    if len(raw) > FILE_BYTES_MAX:
        raise FileTrouble(f"{path} is too large to be a shop file.")
    try:
        return parse_shop_file(raw.decode("utf-8-sig"), name=path.name)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ShopFileTrouble(path.name, (f"line {line} holds a character that is not UTF-8 text",)) from error


def parse_shop_file(content: str, *, name: str) -> ShopFile:
    """The shop file that `content` is. Raises ShopFileTrouble with all its problems; `name` is what they call it."""
    try:
        tables = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise ShopFileTrouble(name, (f"it is no TOML: {error}",)) from error
    except (ValueError, RecursionError) as error:
        raise ShopFileTrouble(name, ("it holds a number that is too long, or brackets in too many others",)) from error
    try:
        shop = ShopFile.model_validate(tables)
    except ValidationError as error:
        found = in_words(error, tables, {section: set(model.model_fields) for section, model in SECTIONS.items()})
        raise ShopFileTrouble(name, (*found, *_contradictions(tables))) from error
    contradictions = tuple(_contradictions(tables))
    if contradictions:
        raise ShopFileTrouble(name, contradictions)
    return shop


def _contradictions(tables: dict[str, Any]) -> Iterator[str]:
    """What no single value shows. Looks at the raw tables, so that it also speaks when some value is wrong."""
    stores, staff = _rows(tables, "stores"), _rows(tables, "staff")
    slugs = [row["slug"] for row in stores if isinstance(row.get("slug"), str)]
    for twice in _repeated(slugs):
        yield f'the store "{twice}" stands there twice'
    names = [row["name"].strip() for row in staff if isinstance(row.get("name"), str)]
    for twice in _repeated(names):
        yield f'staff "{twice}" stands there twice; on a till nobody could tell one from the other'
    for row in staff:
        named = row.get("stores")
        for store in named if isinstance(named, list) else ():
            if isinstance(store, str) and store not in slugs:
                yield f'staff "{row.get("name", "?")}" works in the store "{store}", which the file does not have'
        if named == []:
            yield f'staff "{row.get("name", "?")}" has an empty list of stores; leave "stores" out to mean every store'


def _rows(tables: dict[str, Any], section: str) -> list[dict[str, Any]]:
    rows = tables.get(section)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
