"""The second fence: PostgreSQL itself keeps a transaction that serves a till within the till's merchant.

Every statement of ours is by merchant; the fence is for the day when one forgets it. A serving transaction takes a role
that owns nothing, and says which merchant it is for. Row-level security then shows that role the rows of this merchant
alone, and refuses to write another's. Without a merchant every statement fails: nothing is ever open by default.

Both are local to the transaction, so a pool between us and PostgreSQL may hand each transaction another connection.
They are set by the statement that learns whose token it is, which therefore runs before the role is taken; it is by
the token's hash, and costs no further round trip. On Citus the settings are a flight of their own (`sharded`).

The commands of an operator, who has the database's password, run as the tables' owner, whom no policy holds: several of
them look at all merchants, and migrations make the policies.
"""
