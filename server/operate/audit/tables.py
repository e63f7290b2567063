"""Checks over tables: each is a query whose every row is a finding."""

from typing import Final

from sqlalchemy import text

from server.operate.audit.findings import Check

VERDICT_OF_EACH_OPERATION: Final = Check(
    7,
    "every_operation_has_a_verdict",
    "operation",
    text("""
SELECT o.merchant_id, o.key AS id FROM operations o
 WHERE NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.merchant_id = o.merchant_id AND v.key = o.key)
"""),
    "it has no verdict",
)

OPERATION_OF_EACH_VERDICT: Final = Check(
    2,
    "every_verdict_has_its_operation",
    "operation",
    text("""
SELECT v.merchant_id, v.key AS id FROM verdicts v
  LEFT JOIN operations o ON o.merchant_id = v.merchant_id AND o.key = v.key AND o.till_id = v.till_id AND o.seq = v.seq
 WHERE o.key IS NULL
"""),
    "its verdict belongs to no operation of that till and seq",
)

ACCEPTED_IS_BOOKED: Final = Check(
    2,
    "accepted_operations_are_booked",
    "operation",
    text("""
SELECT o.merchant_id, o.key AS id, o.kind FROM operations o
  JOIN verdicts v ON v.merchant_id = o.merchant_id AND v.key = o.key
 WHERE v.outcome = 'accepted' AND o.kind IN ('stamp', 'redeem', 'void', 'carry_over')
   AND NOT EXISTS (SELECT 1 FROM transactions t WHERE t.merchant_id = o.merchant_id AND t.key = o.key)
"""),
    "the {kind} was accepted, and the ledger does not have it",
)

BOOKED_WAS_ACCEPTED: Final = Check(
    2,
    "booked_operations_were_accepted",
    "operation",
    text("""
SELECT t.merchant_id, t.key AS id, coalesce(v.outcome, 'never received') AS outcome FROM transactions t
  LEFT JOIN (operations o JOIN verdicts v ON v.merchant_id = o.merchant_id AND v.key = o.key)
    ON o.merchant_id = t.merchant_id AND o.key = t.key
 WHERE v.outcome IS DISTINCT FROM 'accepted'
"""),
    "the ledger has it, and it was {outcome}",
)

VERDICT_AGREES_WITH_LEDGER: Final = Check(
    2,
    "verdicts_agree_with_the_ledger",
    "operation",
    text("""
SELECT t.merchant_id, t.key AS id,
       concat_ws(', ',
           CASE WHEN v.ver IS DISTINCT FROM t.ver THEN 'version' END,
           CASE WHEN v.card_id IS DISTINCT FROM t.card_id THEN 'card' END,
           CASE WHEN v.event_time IS DISTINCT FROM t.event_time THEN 'event time' END,
           CASE WHEN v.business_date IS DISTINCT FROM t.business_date THEN 'business day' END,
           CASE WHEN v.receipted IS NULL AND v.balance_after IS DISTINCT FROM t.balance_after
                THEN 'balance' END) AS differing
  FROM transactions t
  JOIN verdicts v ON v.merchant_id = t.merchant_id AND v.key = t.key
 WHERE (v.ver, v.card_id, v.event_time, v.business_date)
       IS DISTINCT FROM (t.ver, t.card_id, t.event_time, t.business_date)
    OR (v.receipted IS NULL AND v.balance_after IS DISTINCT FROM t.balance_after)
"""),
    "verdict and ledger differ in: {differing}",
)

KNOWN_TERMS: Final = Check(
    4,
    "verdicts_name_known_terms",
    "operation",
    text("""
SELECT v.merchant_id, v.key AS id, v.terms_version FROM verdicts v
 WHERE v.outcome = 'accepted' AND v.receipted IS NULL
   AND NOT EXISTS (SELECT 1 FROM terms t WHERE t.merchant_id = v.merchant_id AND t.version = v.terms_version)
"""),
    "it was judged by version {terms_version} of the terms, which does not exist",
)

CONTENT_IS_UNTOUCHED: Final = Check(
    2,
    "content_is_untouched",
    "operation",
    text("""
SELECT merchant_id, key AS id FROM operations
 WHERE sha256(convert_to(CAST(content AS text), 'UTF8')) <> digest
   AND NOT (raw IS NOT NULL AND CAST(content AS text) = 'null')
"""),
    "its content is not what was received: the digest differs",
)

CARDS_ARE_THEIR_LEDGER: Final = Check(
    3,
    "cards_are_the_sum_of_their_ledger",
    "card",
    text("""
SELECT c.merchant_id, c.card_id AS id,
       concat_ws('; ',
           CASE WHEN c.stamp_count <> l.balance
                THEN format('balance %s, and its ledger makes %s', c.stamp_count, l.balance) END,
           CASE WHEN c.lifetime_stamps <> l.lifetime
                THEN format('lifetime stamps %s, and its ledger makes %s', c.lifetime_stamps, l.lifetime) END,
           CASE WHEN c.redemptions <> l.redemptions
                THEN format('redemptions %s, and its ledger makes %s', c.redemptions, l.redemptions) END,
           CASE WHEN c.last_stamp_at IS DISTINCT FROM l.last_stamp_at THEN 'the time of the last stamp differs' END,
           CASE WHEN c.last_redemption_at IS DISTINCT FROM l.last_redemption_at
                THEN 'the time of the last redemption differs' END,
           CASE WHEN c.carried_over <> l.carried_over THEN 'whether stamps were carried over differs' END) AS differing
  FROM cards c
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(t.delta), 0) AS balance, coalesce(sum(t.lifetime_delta), 0) AS lifetime,
              coalesce(sum(t.redemptions_delta), 0) AS redemptions,
              max(t.event_time) FILTER (WHERE t.kind = 'stamp') AS last_stamp_at,
              max(t.event_time) FILTER (WHERE t.kind = 'redeem') AS last_redemption_at,
              coalesce(bool_or(t.kind = 'carry_over'), false) AS carried_over
         FROM transactions t
        WHERE t.merchant_id = c.merchant_id AND t.card_id = c.card_id) l
 WHERE (c.stamp_count, c.lifetime_stamps, c.redemptions, c.last_stamp_at, c.last_redemption_at, c.carried_over)
       IS DISTINCT FROM
       (l.balance, l.lifetime, l.redemptions, l.last_stamp_at, l.last_redemption_at, l.carried_over)
"""),
    "{differing}",
)

ENROLMENTS_TOOK_EFFECT: Final = Check(
    2,
    "enrolled_cards_exist",
    "operation",
    text("""
SELECT o.merchant_id, o.key AS id FROM operations o
  JOIN verdicts v ON v.merchant_id = o.merchant_id AND v.key = o.key
 WHERE o.kind = 'enrol' AND v.outcome = 'accepted'
   AND CASE WHEN v.merged_into IS NULL
       THEN NOT EXISTS (SELECT 1 FROM cards c WHERE c.merchant_id = o.merchant_id AND c.card_id = o.card_id)
       ELSE NOT EXISTS (SELECT 1 FROM aliases a WHERE a.merchant_id = o.merchant_id AND a.card_id = o.card_id
                           AND a.merged_into = v.merged_into) END
"""),
    "the card was enrolled, and it is neither there nor merged as its verdict says",
)

CODES_OF_CARDS: Final = Check(
    2,
    "cards_hold_their_codes",
    "card",
    text("""
SELECT c.merchant_id, c.card_id AS id, held.what FROM cards c
 CROSS JOIN LATERAL (VALUES ('number', c.number), ('token', c.token)) AS held(what, code)
 WHERE NOT EXISTS (SELECT 1 FROM card_codes k
                    WHERE k.merchant_id = c.merchant_id AND k.code = held.code AND k.card_id = c.card_id)
"""),
    "its {what} is not kept as taken by this card",
)

CARDS_OF_CODES: Final = Check(
    2,
    "codes_belong_to_cards",
    "card",
    text("""
SELECT k.merchant_id, k.card_id AS id FROM card_codes k
 WHERE NOT EXISTS (SELECT 1 FROM cards c WHERE c.merchant_id = k.merchant_id AND c.card_id = k.card_id)
"""),
    "a number or token is taken by it, and there is no such card",
)

MERGED_CARDS: Final = Check(
    2,
    "merged_cards_lead_to_a_card",
    "card",
    text("""
SELECT a.merchant_id, a.card_id AS id, a.merged_into FROM aliases a
 WHERE NOT EXISTS (SELECT 1 FROM cards c WHERE c.merchant_id = a.merchant_id AND c.card_id = a.merged_into)
    OR EXISTS (SELECT 1 FROM cards c WHERE c.merchant_id = a.merchant_id AND c.card_id = a.card_id)
    OR EXISTS (SELECT 1 FROM aliases b WHERE b.merchant_id = a.merchant_id AND b.card_id = a.merged_into)
"""),
    "it is merged into {merged_into}; either that is no card of its own, or this one still is",
)

CHECKS: Final = (
    VERDICT_OF_EACH_OPERATION,
    OPERATION_OF_EACH_VERDICT,
    ACCEPTED_IS_BOOKED,
    BOOKED_WAS_ACCEPTED,
    VERDICT_AGREES_WITH_LEDGER,
    KNOWN_TERMS,
    CONTENT_IS_UNTOUCHED,
    CARDS_ARE_THEIR_LEDGER,
    ENROLMENTS_TOOK_EFFECT,
    CODES_OF_CARDS,
    CARDS_OF_CODES,
    MERGED_CARDS,
)
