"""Setback: a book that an older copy replaced, or that went on in two places: what it gets back, and who is told."""
