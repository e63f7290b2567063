"""Two merchants' tills push, pull and listen at once, through `serve --workers 2` behind a PgBouncer.

Prints what was seen, and ends with 1 where anything was wrong.
"""

import argparse
import json
import sys
import tempfile
import threading
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from server.store import migrate
from server.store.embedded import EmbeddedPostgres
from server.store.engine import make_engine
from tests.helpers.clock import ManualClock
from tests.helpers.databases import Databases
from tests.helpers.event_stream import listening
from tests.helpers.postgres import ask
from tests.helpers.served_hub import PATIENCE_S, ServedHub
from tests.helpers.shop import Shop, WireTill
from tests.world.pooled.bouncer import POOL_SIZE, pooled, version

ROUNDS: Final = 25
TILLS: Final = 4

LEFT_BEHIND: Final = """
SELECT coalesce(current_setting('tillstamp.merchant_id', true), '') = '' AND current_setting('role') = 'none'
   AND current_setting('lock_timeout') = '0' AND current_setting('plan_cache_mode') = 'auto'
"""


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--prepared", action="store_true", help="with prepared statements; wants PgBouncer 1.21")
    prepared: bool = words.parse_args().prepared
    print(version())
    with tempfile.TemporaryDirectory(prefix="tillstamp-pool-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = EmbeddedPostgres(folder, durable=False)
        try:
            direct = Databases(postgres.start()).make(migrate.upgrade)
            with pooled(direct, folder, prepared=prepared) as through:
                return try_it(direct, through, folder / "data", prepared=prepared)
        finally:
            postgres.erase()


def try_it(direct: str, through: str, data_dir: Path, *, prepared: bool) -> int:
    engine = make_engine(direct)
    clock = ManualClock()
    shops = [Shop.open(engine, clock, slug=slug, terms="cooldown_minutes = 0") for slug in ("tea", "roast")]
    tills = [shop.till(name=f"till {number}") for number in range(TILLS) for shop in shops]
    settings = {"direct_database_url": direct, "prepared_statements": str(prepared).lower()}
    hub = ServedHub(through, data_dir, "--workers", "2", **settings)
    wrong: list[str] = []
    try:
        with ThreadPoolExecutor(len(tills)) as threads:
            sold = list(threads.map(lambda till: sell(hub, till), tills))
        wrong += woken(hub, tills[0], tills[2])
        wrong += [] if all(clean for [clean] in [ask(through, LEFT_BEHIND)[0] for _ in range(50)]) else ["left behind"]
    finally:
        logged = hub.stop()[1]
    wrong += [line for line in logged.splitlines() if '"info"' not in line][:3]
    expected = TILLS * ROUNDS * 2
    for till, sale in zip(tills, sold, strict=True):
        wrong += sale.wrong
        own = {str(row.card_id) for row in till.shop.rows("cards")}
        if not sale.cards or not sale.cards <= own:
            wrong.append(
                f"{till.shop.slug}: pulled {len(sale.cards)} cards, of which {len(sale.cards - own)} not its own"
            )
    for shop in shops:
        if len(shop.rows("verdicts")) < expected:
            wrong.append(f"{shop.slug}: {len(shop.rows('verdicts'))} verdicts of {expected}")
    engine.dispose()
    print(f"{len(tills)} tills of 2 merchants, {ROUNDS} pushes and pulls each, at {POOL_SIZE} pooled sessions")
    print("\n".join(f"wrong: {one}" for one in wrong) or "nothing was wrong")
    return 1 if wrong else 0


@dataclass
class Sale:
    """What one till saw: trouble, and the cards that it was told of."""

    wrong: list[str] = field(default_factory=list)
    cards: set[str] = field(default_factory=set)


def sell(hub: ServedHub, till: WireTill) -> Sale:
    """Push and pull for a while."""
    sale = Sale()
    for _ in range(ROUNDS):
        enrol = till.enrol_card()
        batch = [enrol, till.stamp(uuid.UUID(enrol["card_id"]))]
        try:
            said = send(hub, till, "/v1/sync/push", till.request(batch))
            sale.wrong += [f"{verdict['outcome']} {verdict['code']}" for verdict in said["verdicts"] if verdict["code"]]
            page = send(hub, till, "/v1/sync/pull?limit=500")
        except OSError as error:
            sale.wrong.append(f"{error}")
        else:
            sale.cards |= {card["id"] for card in page["changes"].get("cards", ())}
    return sale


def woken(hub: ServedHub, listener: WireTill, other: WireTill) -> list[str]:
    """Whether a till hears at once of what another of its merchant pushed."""
    with listening(hub.address, listener.token) as stream:
        before = stream.next()
        card = other.enrol_card()
        told: list[int | None] = []
        hearing = threading.Thread(target=lambda: told.append(stream.next()))
        hearing.start()
        ver = send(hub, other, "/v1/sync/push", other.request([card]))["verdicts"][0]["ver"]
        hearing.join()
    return [] if told == [ver] else [f"heard {told} after {before}, not {ver}"]


def send(hub: ServedHub, till: WireTill, path: str, said: object = None) -> Any:
    body = None if said is None else json.dumps(said).encode()
    request = urllib.request.Request(hub.address + path, body, {"Authorization": f"Bearer {till.token}"})  # noqa: S310 - our own process
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310 - our own process
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(main())
