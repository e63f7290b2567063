"""A log of card sales, sold over three tills that were offline, against an independent fold of the same log."""
