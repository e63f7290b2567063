"""The ways to say no. A refusal is a value with a stable code; the same codes serve as rejections on the wire."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class RefusalCode(StrEnum):
    """Why an ask may not happen. The text of a code is part of the wire: never renamed, never reused."""

    INVALID_OPERATION = "invalid_operation"
    CARD_NOT_FOUND = "card_not_found"
    CARD_INACTIVE = "card_inactive"
    PROGRAM_INACTIVE = "program_inactive"
    STAMPS_DISABLED = "stamps_disabled"
    STAFF_REQUIRED = "staff_required"
    STAFF_NOT_ALLOWED = "staff_not_allowed"
    VISIT_LIMIT = "visit_limit"
    COOLDOWN = "cooldown"
    DAILY_LIMIT = "daily_limit"
    OTHER_STORE = "other_store"
    INSUFFICIENT_STAMPS = "insufficient_stamps"
    VOIDS_NOT_ALLOWED = "voids_not_allowed"
    ORIGINAL_NOT_FOUND = "original_not_found"
    ORIGINAL_REJECTED = "original_rejected"
    ALREADY_VOIDED = "already_voided"
    VOID_TOO_OLD = "void_too_old"
    MANAGER_REQUIRED = "manager_required"
    NOTHING_TO_VOID = "nothing_to_void"
    CARD_CODE_TAKEN = "card_code_taken"
    ALREADY_CARRIED_OVER = "already_carried_over"
    REDEEM_NEEDS_CONNECTION = "redeem_needs_connection"
    OFFLINE_TOO_LONG = "offline_too_long"


DetailValue = int | str | datetime | UUID


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule's no, with the data that its sentence needs."""

    code: RefusalCode
    detail: dict[str, DetailValue] = field(default_factory=dict)
