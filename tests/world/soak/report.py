"""What a soak says at its end."""

from tests.world.soak.faults import FAULTS
from tests.world.soak.soak import Outcome


def report(outcome: Outcome) -> str:
    balance = outcome.balance
    faults = {name: outcome.faults.get(name, 0) for name in sorted({*FAULTS, *outcome.faults})}
    head: list[tuple[str, object]] = [
        ("operations tried", f"{outcome.tried:,}"),
        ("  reported done", f"{balance.promised:,}"),
        ("  in the books", f"{balance.recorded:,}"),
        ("faults injected", f"{sum(faults.values()):,}"),
        ("lost", len(balance.lost)),
        ("doubled", len(balance.doubled)),
        ("seconds", f"{outcome.seconds:.0f}, of which {outcome.healed_s:.0f} to heal and drain"),
    ]
    if outcome.forgotten is not None:
        head.append(("brought back by receipts", f"{outcome.forgotten:,}"))
    lines = [f"{name:<28}{value:>8}" for name, value in head]
    rejected = dict(sorted(balance.rejected.items())) | ({"parked, then decided": balance.parked})
    tables = {"Faults": faults, "Rejected by the server": rejected, "Refused by the till": dict(outcome.refused)}
    for title, counted in tables.items():
        lines += ["", title, *(f"  {name:<26}{count:>8,}" for name, count in counted.items())]
    complaints = {
        "LOST": balance.lost,
        "DOUBLED": balance.doubled,
        "NEITHER ACCEPTED NOR REJECTED": balance.undecided,
        "DISAGREEMENT": balance.disagreements,
        "BUG": outcome.failures,
    }
    for title, found in complaints.items():
        lines += [f"{title}: {one}" for one in found[:20]]
    lines += [
        "",
        "Nothing lost, nothing doubled, every book equals the server." if outcome.holds else "IT DOES NOT HOLD.",
    ]
    return "\n".join(lines)
