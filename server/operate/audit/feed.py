"""Checks over tables: nothing that tills sent is missing, and nothing that they must know escapes the feed."""

from typing import Final

from sqlalchemy import text

from server.operate.audit.findings import Check

# A replayed key uses up a seq without a row of its own: the till's row counts those. A till replays what it had sent
# before when it renumbers its queue in a new epoch, so in each epoch as many seqs more may be without a row as earlier
# epochs have operations. Of a till that diverged the numbers say nothing: two books counted, and repeat each other.
SEQS_ARE_GAPLESS: Final = Check(
    7,
    "no_operation_is_missing",
    "till",
    text("""
WITH received AS (
    SELECT merchant_id, till_id, epoch, seq FROM operations
    UNION
    SELECT merchant_id, till_id, epoch, seq FROM unkeyed_operations
), epochs AS (
    SELECT r.merchant_id, r.till_id, r.epoch, count(*) AS kept, max(r.seq) AS last FROM received r
     WHERE NOT EXISTS (SELECT 1 FROM attention a WHERE a.merchant_id = r.merchant_id AND a.till_id = r.till_id
                          AND a.kind = 'till_diverged')
     GROUP BY 1, 2, 3
), spans AS (
    SELECT t.merchant_id, t.till_id, t.repeats, e.epoch, e.kept,
           CASE WHEN e.epoch = t.epoch THEN greatest(e.last, t.have_seq) ELSE e.last END AS last,
           coalesce(sum(e.kept) OVER (PARTITION BY e.merchant_id, e.till_id ORDER BY e.epoch
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS replayable
      FROM tills t
      JOIN (SELECT * FROM epochs
             UNION ALL
            SELECT merchant_id, till_id, epoch, 0, 0 FROM tills
             WHERE NOT EXISTS (SELECT 1 FROM epochs x WHERE x.merchant_id = tills.merchant_id
                                  AND x.till_id = tills.till_id AND x.epoch = tills.epoch)
               AND NOT EXISTS (SELECT 1 FROM attention a WHERE a.merchant_id = tills.merchant_id
                                  AND a.till_id = tills.till_id AND a.kind = 'till_diverged')) e
        ON e.merchant_id = t.merchant_id AND e.till_id = t.till_id
)
SELECT merchant_id, till_id AS id, epoch, last, kept FROM spans WHERE last - kept > replayable + repeats
"""),
    "of seqs 1 to {last} in epoch {epoch} only {kept} are kept",
)

NOTHING_BEYOND_HAVE_SEQ: Final = Check(
    7,
    "tills_were_told_what_arrived",
    "till",
    text("""
SELECT t.merchant_id, t.till_id AS id, t.have_seq, t.epoch, max(r.seq) AS seq, max(r.epoch) AS in_epoch
  FROM tills t
  JOIN (SELECT merchant_id, till_id, epoch, seq FROM operations
        UNION ALL
        SELECT merchant_id, till_id, epoch, seq FROM unkeyed_operations) r
    ON r.merchant_id = t.merchant_id AND r.till_id = t.till_id
   AND (r.epoch > t.epoch OR (r.epoch = t.epoch AND r.seq > t.have_seq))
 GROUP BY t.merchant_id, t.till_id
"""),
    "seq {seq} of epoch {in_epoch} arrived, and the till is told that seq {have_seq} of epoch {epoch} was the last",
)

OPERATIONS_OF_KNOWN_TILLS: Final = Check(
    7,
    "operations_come_from_known_tills",
    "operation",
    text("""
SELECT o.merchant_id, o.key AS id FROM operations o
 WHERE NOT EXISTS (SELECT 1 FROM tills t WHERE t.merchant_id = o.merchant_id AND t.till_id = o.till_id)
"""),
    "the till that sent it is not one of this merchant",
)

LOSSES_ARE_LISTED: Final = Check(
    7,
    "losses_are_on_the_attention_list",
    "operation",
    text("""
SELECT o.merchant_id, o.key AS id FROM operations o
  JOIN verdicts v ON v.merchant_id = o.merchant_id AND v.key = o.key
 WHERE o.kind = 'redeem' AND v.outcome = 'rejected' AND v.code <> 'invalid_operation'
   AND NOT EXISTS (SELECT 1 FROM attention a
                    WHERE a.merchant_id = o.merchant_id AND a.key = o.key AND a.kind = 'loss')
"""),
    "a rejected redemption, goods were handed out, and nobody is told: no attention item",
)

SHORTFALLS_ARE_LISTED: Final = Check(
    7,
    "shortfalls_are_on_the_attention_list",
    "operation",
    text("""
SELECT t.merchant_id, t.key AS id, t.shortfall FROM transactions t
 WHERE t.shortfall > 0
   AND NOT EXISTS (SELECT 1 FROM attention a
                    WHERE a.merchant_id = t.merchant_id AND a.key = t.key AND a.kind = 'shortfall')
"""),
    "{shortfall} stamps could not be taken back, and nobody is told: no attention item",
)

PARKED_IS_LISTED: Final = Check(
    7,
    "parked_operations_are_on_the_attention_list",
    "operation",
    text("""
SELECT v.merchant_id, v.key AS id FROM verdicts v
 WHERE v.outcome = 'parked' AND v.code <> 'awaiting_recovery'
   AND NOT EXISTS (SELECT 1 FROM attention a
                    WHERE a.merchant_id = v.merchant_id AND a.key = v.key AND a.kind = 'parked')
"""),
    "it is parked, and nobody is told: no attention item",
)

ACTS_ARE_LISTED: Final = Check(
    7,
    "acts_to_look_at_are_on_the_attention_list",
    "operation",
    text("""
SELECT v.merchant_id, v.key AS id, o.kind FROM verdicts v
  JOIN operations o ON o.merchant_id = v.merchant_id AND o.key = v.key
  LEFT JOIN terms t ON t.merchant_id = v.merchant_id AND t.version = v.terms_version
  LEFT JOIN transactions b ON b.merchant_id = v.merchant_id AND b.key = v.key
 WHERE v.outcome = 'accepted'
   AND (o.kind IN ('replace', 'unblock', 'lockout') OR o.kind = 'carry_over' AND 2 * b.delta > t.stamps_target)
   AND NOT EXISTS (SELECT 1 FROM attention a WHERE a.merchant_id = v.merchant_id AND a.key = v.key
                      AND a.kind IN ('replaced', 'unblocked', 'lockout', 'carried_over'))
"""),
    "a {kind} that a manager must look at, and nobody is told: no attention item",
)

KEYLESS_IS_LISTED: Final = Check(
    7,
    "operations_without_a_key_are_on_the_attention_list",
    "till",
    text("""
SELECT u.merchant_id, u.till_id AS id, u.seq FROM unkeyed_operations u
 WHERE NOT EXISTS (SELECT 1 FROM attention a
                    WHERE a.merchant_id = u.merchant_id AND a.till_id = u.till_id
                      AND a.kind IN ('parked', 'key_reused') AND a.detail ->> 'seq' = CAST(u.seq AS text))
"""),
    "what it sent under seq {seq} has no key of its own, and nobody is told: no attention item",
)

VERSIONS_ARE_COUNTED: Final = Check(
    8,
    "no_version_beyond_the_counter",
    "merchant",
    text("""
SELECT m.merchant_id, m.slug AS id, newest.what, newest.ver, coalesce(c.ver, 0) AS counted
  FROM merchants m
  LEFT JOIN merchant_versions c ON c.merchant_id = m.merchant_id
  JOIN (SELECT 'merchants' AS what, merchant_id, max(ver) AS ver FROM merchants GROUP BY merchant_id
        UNION ALL SELECT 'programs', merchant_id, max(ver) FROM programs GROUP BY merchant_id
        UNION ALL SELECT 'stores', merchant_id, max(ver) FROM stores GROUP BY merchant_id
        UNION ALL SELECT 'terms', merchant_id, max(ver) FROM terms GROUP BY merchant_id
        UNION ALL SELECT 'staff', merchant_id, max(ver) FROM staff GROUP BY merchant_id
        UNION ALL SELECT 'cards', merchant_id, max(ver) FROM cards GROUP BY merchant_id
        UNION ALL SELECT 'aliases', merchant_id, max(ver) FROM aliases GROUP BY merchant_id
        UNION ALL SELECT 'verdicts', merchant_id, max(ver) FROM verdicts GROUP BY merchant_id
        UNION ALL SELECT 'unkeyed operations', merchant_id, max(ver) FROM unkeyed_operations GROUP BY merchant_id
        UNION ALL SELECT 'transactions', merchant_id, max(ver) FROM transactions GROUP BY merchant_id) newest
    ON newest.merchant_id = m.merchant_id
 WHERE newest.ver > coalesce(c.ver, 0)
"""),
    "{what} have version {ver}, and the counter is at {counted}: tills would not see it",
)

CARDS_FOLLOW_THEIR_LEDGER: Final = Check(
    8,
    "cards_are_sent_when_they_change",
    "card",
    text("""
SELECT c.merchant_id, c.card_id AS id, c.ver, l.ver AS ledger_ver FROM cards c
  JOIN (SELECT merchant_id, card_id, max(ver) AS ver FROM verdicts WHERE outcome = 'accepted' GROUP BY 1, 2) l
    ON l.merchant_id = c.merchant_id AND l.card_id = c.card_id
 WHERE l.ver > c.ver
"""),
    "its row carries version {ver}, and it changed in {ledger_ver}: tills would keep the old one",
)

TOKENS_LEAD_HOME: Final = Check(
    9,
    "tokens_lead_to_their_own_merchant",
    "till",
    text("""
SELECT t.merchant_id, t.till_id AS id FROM tills t
 CROSS JOIN LATERAL (VALUES (t.token_sha256), (t.next_token_sha256)) AS tokens(token_sha256)
  LEFT JOIN token_directory d ON d.token_sha256 = tokens.token_sha256
 WHERE tokens.token_sha256 IS NOT NULL AND d.merchant_id IS DISTINCT FROM t.merchant_id
"""),
    "its token leads to another merchant, or nowhere",
)

CHECKS: Final = (
    SEQS_ARE_GAPLESS,
    NOTHING_BEYOND_HAVE_SEQ,
    OPERATIONS_OF_KNOWN_TILLS,
    LOSSES_ARE_LISTED,
    SHORTFALLS_ARE_LISTED,
    PARKED_IS_LISTED,
    ACTS_ARE_LISTED,
    KEYLESS_IS_LISTED,
    VERSIONS_ARE_COUNTED,
    CARDS_FOLLOW_THEIR_LEDGER,
    TOKENS_LEAD_HOME,
)
