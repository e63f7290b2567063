"""Step: how a till's numbering stands to the server's. Pure: what was looked up is handed in.

epoch            acked key                last seq given      the two are
the same         fits, or none            have_seq or more    in step
the same         fits, or none            less than have_seq  till behind: an older copy of its book
the same         not the one at that seq  any                 diverged: two branches under one name
the same         a batch repeats a seq with a new key         diverged
an older one     any                      any                 till behind: it missed a new epoch, or is a copy
the same         unknown, past have_seq   any                 server behind: an older copy of its database
the next         unknown                  any                 server behind
the next         known, or none           any                 in step: the till begins an epoch
later than that  any                      any                 server behind
"""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """How the two stand. On the wire as `standing`."""

    IN_STEP = "in_step"
    TILL_BEHIND = "till_behind"
    SERVER_BEHIND = "server_behind"
    DIVERGED = "diverged"


@dataclass(frozen=True, slots=True)
class Position:
    """An epoch, and the last seq of it that the server has."""

    epoch: int
    have_seq: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What a till says of its own numbering.

    Attributes:
        acked_seq: of this epoch, the last that it knows to have a verdict; 0 for none.
        acked_fits: whether the server knows the key of that operation, and at that seq no other. A key from an earlier
            epoch fits: it was repeated when the till numbered its queue anew. So does one past `have_seq` that the
            server knows at all. Of no meaning without `acked_seq`.
        last_seq: the last seq that the till has given, sent or not; None where it does not say.
    """

    epoch: int
    acked_seq: int = 0
    acked_fits: bool = True
    last_seq: int | None = None


def compare(server: Position, till: Claim, *, collides: bool = False) -> Step:
    """How the two stand. `collides`: the till sent an unknown key at a seq that another one had used."""
    acked_unknown = till.acked_seq > 0 and not till.acked_fits
    if till.epoch > server.epoch:
        begins_epoch = till.epoch == server.epoch + 1 and not acked_unknown
        return Step.IN_STEP if begins_epoch else Step.SERVER_BEHIND
    if till.epoch < server.epoch:
        return Step.TILL_BEHIND
    if acked_unknown and till.acked_seq > server.have_seq:
        return Step.SERVER_BEHIND
    if acked_unknown or collides:
        return Step.DIVERGED
    if till.last_seq is not None and till.last_seq < server.have_seq:
        return Step.TILL_BEHIND
    return Step.IN_STEP
