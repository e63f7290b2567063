"""The rules: `judge` says of an ask whether it may happen, and if not, which rule forbids it.

The rules know no side, no storage and no clock. A till calls `judge` with the history that it has; the server calls it
with the history that it has, under the card's row lock and with two seconds of tolerance. Nothing else differs.
"""
