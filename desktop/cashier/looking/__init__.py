"""Looking at what is known, without recording anything: a card, a search, what was done."""
