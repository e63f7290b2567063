"""Checks over tables: cards, codes and merged cards come from operations, and every operation's codes stay taken."""

from typing import Final

from sqlalchemy import text

from server.operate.audit.findings import Check

# Only what was accepted is looked into: it was read once, so it holds nothing that PostgreSQL refuses to read.
_GIVEN: Final = """
    SELECT v.merchant_id, v.key, v.card_id, v.receipted IS NOT NULL AS brought_back, given.what, given.code
      FROM verdicts v
      JOIN operations o ON o.merchant_id = v.merchant_id AND o.key = v.key
     CROSS JOIN LATERAL (
           SELECT 'number' AS what, CASE WHEN v.outcome = 'accepted' AND o.kind IN ('enrol', 'replace')
                                         THEN coalesce(v.number, o.content ->> 'number') END AS code
            UNION ALL
           SELECT 'token', CASE WHEN v.outcome = 'accepted' AND o.kind IN ('enrol', 'replace')
                                THEN o.content ->> 'token' END) given
     WHERE v.outcome = 'accepted' AND v.merged_into IS NULL AND o.kind IN ('enrol', 'replace')
"""

# A card of a printed sheet was made by the server, by no operation: its first number is of the server's own block.
_PRINTED: Final = """
    EXISTS (SELECT 1 FROM card_codes p WHERE p.merchant_id = {card}.merchant_id AND p.card_id = {card}.card_id
               AND p.code LIKE '0000%')
"""
_ENROLLED: Final = """
    EXISTS (SELECT 1 FROM operations o JOIN verdicts v ON v.merchant_id = o.merchant_id AND v.key = o.key
             WHERE o.merchant_id = {card}.merchant_id AND o.card_id = {card}.card_id AND o.kind = 'enrol'
               AND v.outcome = 'accepted' AND v.merged_into IS NULL)
"""

# What was brought back after the data went back in time may stand on a card whose enrolment was lost for good.
_BROUGHT_BACK: Final = """
    EXISTS (SELECT 1 FROM verdicts b WHERE b.merchant_id = {card}.merchant_id AND b.card_id = {card}.card_id
               AND b.receipted IS NOT NULL)
"""

CARDS_WERE_ENROLLED: Final = Check(
    2,
    "cards_were_enrolled",
    "card",
    text(f"""
SELECT c.merchant_id, c.card_id AS id FROM cards c
 WHERE NOT {_ENROLLED.format(card="c")} AND NOT {_PRINTED.format(card="c")}
   AND NOT {_BROUGHT_BACK.format(card="c")}
"""),  # noqa: S608 - our own text
    "no enrolment of it was accepted, and the server did not print it",
)

MERGES_WERE_ACCEPTED: Final = Check(
    2,
    "merges_were_accepted",
    "card",
    text("""
SELECT a.merchant_id, a.card_id AS id, a.merged_into FROM aliases a
 WHERE NOT EXISTS (SELECT 1 FROM operations o JOIN verdicts v ON v.merchant_id = o.merchant_id AND v.key = o.key
                    WHERE o.merchant_id = a.merchant_id AND o.card_id = a.card_id AND o.kind = 'enrol'
                      AND v.outcome = 'accepted' AND v.merged_into = a.merged_into AND v.ver = a.ver)
   AND NOT EXISTS (SELECT 1 FROM verdicts b WHERE b.merchant_id = a.merchant_id AND b.card_id = a.merged_into
                      AND b.ver = a.ver AND b.receipted IS NOT NULL)
"""),
    "it counts on {merged_into}, and no enrolment that was accepted in its version says so",
)

GIVEN_CODES_STAY_TAKEN: Final = Check(
    2,
    "given_codes_stay_taken",
    "operation",
    text(f"""
SELECT g.merchant_id, g.key AS id, g.what FROM ({_GIVEN}) g
 WHERE NOT EXISTS (SELECT 1 FROM card_codes k
                    WHERE k.merchant_id = g.merchant_id AND k.code = g.code
                      AND (k.card_id = g.card_id OR g.brought_back))
"""),  # noqa: S608 - our own text
    "the {what} that it gave its card is not kept as taken by it",
)

TAKEN_CODES_WERE_GIVEN: Final = Check(
    2,
    "taken_codes_were_given",
    "card",
    text(f"""
SELECT k.merchant_id, k.card_id AS id FROM (
       SELECT k.merchant_id, k.card_id, count(*) AS more
         FROM card_codes k
         LEFT JOIN ({_GIVEN}) g ON g.merchant_id = k.merchant_id AND g.code = k.code AND g.card_id = k.card_id
        WHERE g.key IS NULL
        GROUP BY 1, 2) k
 WHERE NOT (k.more = 2 AND {_PRINTED.format(card="k")} AND NOT {_ENROLLED.format(card="k")})
   AND NOT {_BROUGHT_BACK.format(card="k")}
"""),  # noqa: S608 - our own text
    "it takes a number or token that no operation gave it",
)

ANSWERS_NAME_THE_CARD: Final = Check(
    2,
    "answers_name_the_card",
    "operation",
    text("""
SELECT t.merchant_id, t.key AS id, v.detail ->> 'card_number' AS said FROM transactions t
  JOIN verdicts v ON v.merchant_id = t.merchant_id AND v.key = t.key
 WHERE t.kind = 'stamp' AND v.receipted IS NULL
   AND NOT EXISTS (SELECT 1 FROM card_codes k WHERE k.merchant_id = t.merchant_id AND k.card_id = t.card_id
                      AND k.code = v.detail ->> 'card_number')
"""),
    "its verdict names the card {said}, a number that its card never had",
)

CHECKS: Final = (
    CARDS_WERE_ENROLLED,
    MERGES_WERE_ACCEPTED,
    GIVEN_CODES_STAY_TAKEN,
    TAKEN_CODES_WERE_GIVEN,
    ANSWERS_NAME_THE_CARD,
)
