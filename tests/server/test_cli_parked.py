"""`parked` and `import`, as a person at a terminal sees them."""

import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from common.clock import SystemClock
from server.merchant.tills import revoke_till
from tests.helpers.clock import ManualClock
from tests.helpers.shop import Operation, Shop, WireTill
from tests.server.test_cli import Run, database_url, printed, run

__all__ = ["database_url", "run"]


@pytest.fixture
def till(run: Run, database_url: str) -> WireTill:
    """A revoked till of the merchant "roast"."""
    run("migrate")
    engine = create_engine(database_url, poolclass=NullPool)
    till = Shop.open(engine, ManualClock(SystemClock().now())).till()
    with engine.begin() as connection:
        revoke_till(connection, merchant="roast", store="gare", name="front", clock=till.clock)
    return till


OF_ALL = ("--merchant", "roast", "--all")
OF_TILL = ("--merchant", "roast", "--store", "gare", "--till", "front")


def queue(till: WireTill) -> list[Operation]:
    enrol = till.enrol_card()
    card_id = uuid.UUID(enrol["card_id"])
    return [enrol, till.stamp(card_id), till.redeem(card_id)]


def test_a_revoked_tills_queue_is_listed_and_released(run: Run, till: WireTill) -> None:
    assert run("parked", "list", "--merchant", "roast").stdout == "Nothing is parked.\n"
    batch = queue(till)
    till.push(*batch)
    listed = run("parked", "list", *OF_TILL).stdout.splitlines()
    assert re.match(r"ITEM +SINCE +STORE +TILL +WHAT +CARD +HAPPENED +WHY$", listed[0])
    assert [line.split()[0] for line in listed[1:4]] == [one["key"].replace("-", "")[-8:] for one in batch]
    assert listed[1].endswith("till_revoked")
    assert "tillstamp-server parked retry --merchant roast ITEM" in "\n".join(listed)
    released = run("parked", "release", *OF_TILL).stdout
    assert "redeem  rejected  insufficient_stamps" in released
    assert "3 operations: 2 accepted, 1 rejected." in released
    assert run("parked", "retry", *OF_ALL).stdout == "Nothing of that is parked.\n"


def test_one_is_rejected_by_its_item(run: Run, till: WireTill) -> None:
    batch = queue(till)
    till.push(*batch)
    [one, *_] = printed(run("parked", "list", "--merchant", "roast", "--json"))["parked"]
    assert (one["kind"], one["code"], one["till"]) == ("enrol", "till_revoked", "front")
    said = printed(run("parked", "reject", "--merchant", "roast", one["item"], "--json"))["decided"]
    assert [(fate["outcome"], fate["code"]) for fate in said] == [("rejected", "rejected_by_merchant")]
    ran = run("parked", "retry", "--merchant", "roast", one["item"], fails=1)
    assert ran.stderr.startswith(f'No parked operation is named "{one["item"]}".')


def test_nothing_is_decided_unless_something_is_named(run: Run, till: WireTill) -> None:
    ran = run("parked", "reject", "--merchant", "roast", fails=1)
    assert ran.stderr == "Name parked operations, or --store and --till, or --all.\n"


def test_a_rescue_file_is_imported(run: Run, till: WireTill, tmp_path: Path) -> None:
    content: dict[str, Any] = {
        "tillstamp_queue": 1,
        "protocol": 1,
        "till": {"id": str(till.till_id)},
        "merchant": {"id": str(till.shop.merchant_id)},
        "operations": queue(till),
    }
    file = tmp_path / "rescue.json"
    file.write_text(json.dumps(content))
    told = run("import", str(file)).stdout
    assert told.startswith('3 operations of the till "front" in "gare": 3 parked.\n')
    assert "tillstamp-server parked list --merchant roast" in told
    run("parked", "release", *OF_TILL)
    assert "2 accepted, 1 rejected, 3 of them known before." in run("import", str(file)).stdout
    said = printed(run("import", str(file), "--json"))
    assert [one["known"] for one in said["operations"]] == [True] * 3
    file.write_text("{")
    ran = run("import", str(file), fails=1)
    assert "is not what a till exports" in ran.stderr
    assert ran.stdout == ""
