"""The law: what a stamp card is, and what may happen to it.

Pure, and the same for both sides. Nothing here knows a till, a server, a database or a clock that ticks by itself.
The floors, each standing only on those under it: wire > rules > ledger > terms > ids.
"""
