"""Ways to tamper with an honest ledger, each with the check that must notice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Breach:
    """Somebody tampered with the database, and the check that must notice."""

    check: str
    statements: str


FIRST_STAMP = "(SELECT key FROM transactions WHERE kind = 'stamp' ORDER BY ver, line LIMIT 1)"
SECOND_STAMP = "(SELECT key FROM transactions WHERE kind = 'stamp' ORDER BY ver, line OFFSET 1 LIMIT 1)"
REPLACED = "(SELECT key FROM operations WHERE kind = 'replace')"
ENROLLED = "(SELECT o.key FROM operations o JOIN cards c ON c.card_id = o.card_id WHERE o.kind = 'enrol' LIMIT 1)"
TOUCHED = "(SELECT card_id FROM operations WHERE kind = 'replace')"
COPIED = """
INSERT INTO transactions (merchant_id, key, card_id, store_id, till_id, staff_id, kind, delta, lifetime_delta,
                          redemptions_delta, balance_after, original, shortfall, reward, event_time, business_date,
                          voided_by, live, ver, line)
SELECT merchant_id, gen_random_uuid(), card_id, store_id, till_id, staff_id, kind, delta, lifetime_delta,
       redemptions_delta, balance_after, original, shortfall, reward, event_time, business_date, voided_by, live,
       ver + 100, line
  FROM transactions
 WHERE {which} LIMIT 1
"""

# As if the first stamp had been brought back with the verdict that it has.
REPLAYED = f"""
UPDATE verdicts SET receipted = json_build_object('verdict', json_build_object(
    'outcome', outcome, 'event_time', event_time, 'balance_after', balance_after, 'detail', detail))
 WHERE key = {FIRST_STAMP}
"""

BREACHES = [
    Breach(
        "nothing_awaits_a_recovery_that_ended",
        "UPDATE verdicts SET code = 'awaiting_recovery' WHERE outcome = 'parked'",
    ),
    Breach(
        "replays_kept_their_verdict", f"{REPLAYED}; UPDATE verdicts SET balance_after = 9 WHERE key = {FIRST_STAMP}"
    ),
    Breach("replays_kept_their_verdict", f"{REPLAYED}; UPDATE verdicts SET code = 'x' WHERE key = {FIRST_STAMP}"),
    Breach("replays_are_what_was_said", f"{REPLAYED}; UPDATE transactions SET delta = 2 WHERE key = {FIRST_STAMP}"),
    Breach("every_operation_has_a_verdict", f"DELETE FROM verdicts WHERE key = {FIRST_STAMP}"),
    Breach("every_verdict_has_its_operation", "DELETE FROM operations WHERE kind = 'lockout'"),
    Breach("every_verdict_has_its_operation", f"UPDATE verdicts SET seq = seq + 100 WHERE key = {FIRST_STAMP}"),
    Breach("every_verdict_has_its_operation", f"UPDATE verdicts SET key = gen_random_uuid() WHERE key = {FIRST_STAMP}"),
    Breach("accepted_operations_are_booked", f"DELETE FROM transactions WHERE key = {FIRST_STAMP}"),
    Breach("booked_operations_were_accepted", f"UPDATE verdicts SET outcome = 'rejected' WHERE key = {FIRST_STAMP}"),
    Breach("booked_operations_were_accepted", f"UPDATE verdicts SET outcome = 'parked' WHERE key = {FIRST_STAMP}"),
    Breach("booked_operations_were_accepted", COPIED.format(which="kind = 'stamp'")),
    Breach("verdicts_agree_with_the_ledger", f"UPDATE verdicts SET balance_after = 7 WHERE key = {FIRST_STAMP}"),
    Breach("verdicts_agree_with_the_ledger", f"UPDATE verdicts SET ver = 1 WHERE key = {FIRST_STAMP}"),
    Breach("verdicts_agree_with_the_ledger", f"UPDATE verdicts SET card_id = NULL WHERE key = {FIRST_STAMP}"),
    Breach("verdicts_name_known_terms", f"UPDATE verdicts SET terms_version = 9 WHERE key = {FIRST_STAMP}"),
    Breach(
        "content_is_untouched",
        "UPDATE operations SET content = replace(content::text, 'lost', 'last')::json WHERE kind = 'block'",
    ),
    Breach("cards_are_the_sum_of_their_ledger", "UPDATE cards SET stamp_count = stamp_count + 1"),
    Breach("cards_are_the_sum_of_their_ledger", "UPDATE cards SET lifetime_stamps = lifetime_stamps + 1"),
    Breach("cards_are_the_sum_of_their_ledger", "UPDATE cards SET redemptions = redemptions + 1"),
    Breach("cards_are_the_sum_of_their_ledger", "UPDATE cards SET last_stamp_at = last_stamp_at + interval '1 second'"),
    Breach("cards_are_the_sum_of_their_ledger", "UPDATE cards SET last_redemption_at = NULL"),
    Breach("cards_are_the_sum_of_their_ledger", "UPDATE cards SET carried_over = NOT carried_over"),
    Breach("enrolled_cards_exist", "DELETE FROM aliases"),
    Breach("enrolled_cards_exist", "DELETE FROM cards"),
    Breach("cards_hold_their_codes", "DELETE FROM card_codes WHERE code LIKE 'TS1-%'"),
    Breach("cards_hold_their_codes", "UPDATE cards SET number = '000000000000'"),
    Breach("codes_belong_to_cards", "UPDATE card_codes SET card_id = gen_random_uuid()"),
    Breach("merged_cards_lead_to_a_card", "UPDATE aliases SET merged_into = gen_random_uuid()"),
    Breach("merged_cards_lead_to_a_card", "UPDATE aliases SET merged_into = card_id"),
    Breach("merged_cards_lead_to_a_card", "UPDATE aliases SET card_id = (SELECT card_id FROM cards LIMIT 1)"),
    Breach(
        "no_operation_is_missing",
        "DELETE FROM operations WHERE kind = 'lockout'; DELETE FROM verdicts v WHERE code IS NULL AND card_id IS NULL",
    ),
    Breach("no_operation_is_missing", "DELETE FROM unkeyed_operations"),
    Breach("no_operation_is_missing", "UPDATE tills SET have_seq = have_seq + 1"),
    Breach("no_operation_is_missing", "DELETE FROM operations; DELETE FROM unkeyed_operations"),
    Breach("tills_were_told_what_arrived", "UPDATE tills SET have_seq = have_seq - 1"),
    Breach("tills_were_told_what_arrived", "UPDATE operations SET epoch = 2"),
    Breach("operations_come_from_known_tills", "UPDATE operations SET till_id = gen_random_uuid()"),
    Breach("losses_are_on_the_attention_list", "DELETE FROM attention WHERE kind = 'loss'"),
    Breach("shortfalls_are_on_the_attention_list", "DELETE FROM attention WHERE kind = 'shortfall'"),
    Breach("parked_operations_are_on_the_attention_list", "DELETE FROM attention WHERE kind = 'parked'"),
    Breach("no_version_beyond_the_counter", "UPDATE merchant_versions SET ver = ver - 1"),
    Breach("no_version_beyond_the_counter", "DELETE FROM merchant_versions"),
    Breach("no_version_beyond_the_counter", "UPDATE stores SET ver = 1000"),
    Breach("cards_are_sent_when_they_change", "UPDATE cards SET ver = 1"),
    Breach("cards_are_sent_when_they_change", f"UPDATE verdicts SET ver = ver + 1000 WHERE key = {REPLACED}"),
    Breach("cards_were_enrolled", "UPDATE operations SET kind = 'block' WHERE kind = 'enrol'"),
    Breach("cards_were_enrolled", f"UPDATE verdicts SET outcome = 'rejected' WHERE key = {ENROLLED}"),
    Breach("merges_were_accepted", "UPDATE verdicts SET merged_into = NULL"),
    Breach("merges_were_accepted", "UPDATE aliases SET ver = ver - 1"),
    Breach(
        "given_codes_stay_taken",
        "DELETE FROM card_codes k WHERE NOT EXISTS (SELECT FROM cards c WHERE number = code OR token = code)",
    ),
    Breach(
        "given_codes_stay_taken",
        "UPDATE verdicts SET number = '000000000000' WHERE number IS NULL AND card_id IS NOT NULL",
    ),
    Breach(
        "taken_codes_were_given", "INSERT INTO card_codes SELECT merchant_id, 'TS1-more', card_id FROM cards LIMIT 1"
    ),
    Breach(
        "answers_name_the_card",
        f"UPDATE verdicts SET detail = jsonb_set(detail, '{{card_number}}', '\"7\"') WHERE key = {FIRST_STAMP}",
    ),
    Breach("cards_are_as_enrolled", "UPDATE cards SET name = 'Somebody'"),
    Breach("cards_are_as_enrolled", "UPDATE cards SET store_id = gen_random_uuid()"),
    Breach(
        "codes_are_the_last_given",
        "UPDATE cards SET number = (SELECT code FROM card_codes k WHERE k.card_id = cards.card_id AND code <> number"
        f" AND code NOT LIKE 'TS1%') WHERE card_id = {TOUCHED}",
    ),
    Breach("codes_are_the_last_given", "UPDATE cards SET token = 'TS1-other'"),
    Breach("blocks_act_in_event_time_order", f"UPDATE cards SET status_changed_at = NULL WHERE card_id = {TOUCHED}"),
    Breach(
        "blocks_act_in_event_time_order", "UPDATE cards SET status_changed_at = now() WHERE status_changed_at IS NULL"
    ),
    Breach("blocks_act_in_event_time_order", "UPDATE cards SET inactive_since = now() WHERE inactive_since IS NULL"),
    Breach(
        "blocks_act_in_event_time_order",
        "UPDATE cards SET inactive_since = NULL, inactive_reason = NULL WHERE inactive_since IS NOT NULL",
    ),
    Breach(
        "blocks_act_in_event_time_order", "UPDATE cards SET inactive_since = now() WHERE inactive_since IS NOT NULL"
    ),
    Breach(
        "blocks_act_in_event_time_order", "UPDATE cards SET inactive_reason = 'other' WHERE inactive_since IS NOT NULL"
    ),
    Breach("blocks_act_in_event_time_order", "UPDATE cards SET inactive_reason = 'other' WHERE inactive_since IS NULL"),
    Breach("acts_to_look_at_are_on_the_attention_list", "DELETE FROM attention WHERE kind = 'replaced'"),
    Breach("acts_to_look_at_are_on_the_attention_list", "DELETE FROM attention WHERE kind = 'unblocked'"),
    Breach("acts_to_look_at_are_on_the_attention_list", "DELETE FROM attention WHERE kind = 'lockout'"),
    Breach("acts_to_look_at_are_on_the_attention_list", "DELETE FROM attention WHERE kind = 'carried_over'"),
    Breach("operations_without_a_key_are_on_the_attention_list", "DELETE FROM attention WHERE kind = 'parked'"),
    Breach("verdicts_tell_what_was_booked", "UPDATE transactions SET reward = 'Free tea' WHERE kind = 'redeem'"),
    Breach("verdicts_tell_what_was_booked", "UPDATE transactions SET reward = 'Free tea' WHERE kind = 'stamp'"),
    Breach("verdicts_tell_what_was_booked", "UPDATE verdicts SET detail = '{}' WHERE detail ? 'returned'"),
    Breach(
        "terms_are_none_older_than_named",
        "UPDATE operations SET content = jsonb_set(content::jsonb, '{terms_version}', '2')::json"
        f" WHERE key = {FIRST_STAMP}",
    ),
    Breach(
        "answers_were_right",
        """UPDATE verdicts SET detail = jsonb_set(detail, '{next_stamp_at}', to_jsonb(now()))"""
        f" WHERE key = {FIRST_STAMP}",
    ),
    Breach("tokens_lead_to_their_own_merchant", "UPDATE token_directory SET merchant_id = gen_random_uuid()"),
    Breach("tokens_lead_to_their_own_merchant", "DELETE FROM token_directory"),
    Breach("lines_are_what_was_asked", f"UPDATE transactions SET delta = delta + 1 WHERE key = {FIRST_STAMP}"),
    Breach("lines_are_what_was_asked", f"UPDATE transactions SET lifetime_delta = 0 WHERE key = {FIRST_STAMP}"),
    Breach("lines_are_what_was_asked", f"UPDATE transactions SET kind = 'carry_over' WHERE key = {FIRST_STAMP}"),
    Breach("lines_are_what_was_asked", "UPDATE transactions SET shortfall = 0"),
    Breach("lines_are_what_was_asked", "UPDATE transactions SET redemptions_delta = 0 WHERE kind = 'redeem'"),
    Breach("lines_are_what_was_asked", "UPDATE transactions SET delta = 9 WHERE kind = 'void' AND delta = 10"),
    Breach("carried_over_once", COPIED.format(which="kind = 'carry_over'")),
    Breach(
        "answers_were_right",
        f"UPDATE verdicts SET detail = jsonb_set(detail, '{{stamps_today}}', '9') WHERE key = {FIRST_STAMP}",
    ),
    Breach("answers_were_right", f"UPDATE verdicts SET detail = '{{}}' WHERE key = {FIRST_STAMP}"),
    Breach("balances_follow", f"UPDATE transactions SET balance_after = 7 WHERE key = {FIRST_STAMP}"),
    Breach(
        "stamps_keep_their_distance",
        f"UPDATE transactions SET event_time = event_time - interval '5 minutes 3 seconds' WHERE key = {SECOND_STAMP}",
    ),
    Breach("stamps_keep_their_distance", "UPDATE terms SET cooldown_minutes = 21"),
    Breach("days_keep_their_limit", "UPDATE terms SET daily_limit = 2"),
    Breach("business_days_agree", f"UPDATE transactions SET business_date = '2026-11-21' WHERE key = {FIRST_STAMP}"),
    Breach("redemptions_were_full", "UPDATE terms SET stamps_target = 11"),
    Breach("nothing_is_voided_twice", COPIED.format(which="kind = 'void' AND original IS NOT NULL")),
    Breach("voids_name_what_was_there", "UPDATE transactions SET original = NULL WHERE kind = 'void'"),
    Breach(
        "voids_name_what_was_there",
        "UPDATE transactions SET original = (SELECT key FROM transactions WHERE kind = 'carry_over' LIMIT 1)"
        " WHERE original IS NOT NULL",
    ),
    Breach("void_flags_agree", "UPDATE transactions SET voided_by = NULL"),
    Breach("void_flags_agree", f"UPDATE transactions SET voided_by = key WHERE key = {FIRST_STAMP}"),
    Breach("void_flags_agree", "UPDATE transactions SET live = true"),
    Breach("void_flags_agree", f"UPDATE transactions SET live = false WHERE key = {FIRST_STAMP}"),
]
