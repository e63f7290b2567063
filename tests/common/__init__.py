"""The law's tests: every rule of every kind on both sides of its boundary, and what must hold for any input."""
