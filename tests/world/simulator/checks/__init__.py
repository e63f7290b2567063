"""What must hold: a reference that judges everything a second time, and what each book and the server must agree on.

Nothing here imports the product's rules or its ledger. It is written from the words of the domain, with plain lists,
and no regard for speed.
"""
