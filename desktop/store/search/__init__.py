"""Search in the book: what cards are found by, and how they are looked up by it."""
