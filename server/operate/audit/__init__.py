"""Audit: recomputes what must always hold from the ledger and the operations, on a live server.

It trusts no figure that can be derived: balances, flags and answers are worked out again and compared. Its sums are its
own, not those of the code it checks; only the terms, and the business day they define, are the law's.
"""
