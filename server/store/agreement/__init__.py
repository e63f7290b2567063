"""Whether a till's cards are the server's: the digest of a merchant's cards, and the rows of one bucket of it."""
