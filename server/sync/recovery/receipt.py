"""Receipt: a seal on a final verdict, by which this server knows it again after its database went back in time.

Tills keep the receipt beside the verdict. Should the server have forgotten an operation, its till offers it again with
both; a receipt that fits says that the verdict was given here, whole as it is, and may be taken over unjudged. The key
lies beside the database, never in it: what restores the database leaves the key alone.

A receipt reads `incarnation.seal`. The incarnation is that in which the verdict was told, and part of what is sealed.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from common.wire.push import Verdict

RECEIPT_LENGTH_MAX: Final = 200
_SEAL_BYTES: Final = 16
"""128 bits of HMAC-SHA256: nobody guesses that, and 35 days of receipts stay small in a book."""

SEALED: Final = (
    "key",
    "outcome",
    "code",
    "detail",
    "event_time",
    "business_date",
    "terms_version",
    "balance_after",
    "card_id",
    "merged_into",
    "number",
    "ver",
)
"""The fields of a verdict that a receipt covers: by name, so that a field added later leaves older receipts good."""

NOT_SEALED: Final = frozenset({"seq", "replayed", "receipt"})
"""`seq` is the till's numbering, which a new epoch changes."""


Seal = Callable[[bytes, Mapping[str, Any]], str]
"""Makes the receipt of a verdict, of the content's digest and the verdict's JSON."""


def sealed(verdict: Verdict, digest: bytes | None, seal: Seal | None) -> Verdict:
    """The verdict with its receipt, where it is final and stands under its operation's key, which has a digest then."""
    if seal is None or digest is None or not verdict.is_final:
        return verdict
    return verdict.model_copy(update={"receipt": seal(digest, verdict.model_dump(mode="json"))})


def issue(key: bytes, merchant_id: UUID, incarnation: str, digest: bytes, said: Mapping[str, Any]) -> str:
    """The receipt of a final verdict, given as its JSON, on the operation whose content has this digest."""
    return f"{incarnation}.{_seal(key, merchant_id, incarnation, digest, said)}"


def told_in(key: bytes, merchant_id: UUID, digest: bytes, verdict: Verdict, receipt: str) -> str | None:
    """The incarnation in which this verdict was told; None when the receipt is not ours, or of something else."""
    incarnation, dot, seal = receipt.rpartition(".")
    if not dot or len(receipt) > RECEIPT_LENGTH_MAX or not receipt.isascii():
        return None
    expected = _seal(key, merchant_id, incarnation, digest, verdict.model_dump(mode="json"))
    return incarnation if hmac.compare_digest(expected, seal) else None


def _seal(key: bytes, merchant_id: UUID, incarnation: str, digest: bytes, said: Mapping[str, Any]) -> str:
    verdict = {name: said[name] for name in SEALED if said.get(name) is not None}
    sealed = ["receipt 1", str(merchant_id), incarnation, digest.hex(), verdict]
    # Sorted, because PostgreSQL keeps a detail's fields in an order of its own.
    text = json.dumps(sealed, sort_keys=True, separators=(",", ":"))
    mac = hmac.digest(key, text.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac[:_SEAL_BYTES]).decode().rstrip("=")
