"""The hub: takes what the tills say happened, judges it under row locks, and tells every till the outcome."""
