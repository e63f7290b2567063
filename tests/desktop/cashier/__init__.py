"""A cashier's acts, on real books under a clock that the test moves."""
