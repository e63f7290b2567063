"""The simulator: a shop's whole life in one process, and everything that can go wrong in it, by a seed.

One seed is one run, and the same run every time: tills with real books, the real server on the real PostgreSQL, and
between them a line, clocks and a power supply that fail as the seed decides. See `run.py` for what a run is, and
`python -m tests.world.simulator --help` for many of them.
"""
