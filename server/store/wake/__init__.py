"""Waking tills: who wrote something announces it (`announce`), and each server process listens (`listen`)."""
