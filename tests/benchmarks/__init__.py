"""Benchmarks: how fast it is, each figure beside its limit, measured alternately in the same run (`./run bench`).

One file for each row of the table. Nothing here is a test: a machine that is busy gives other figures, so nobody's
change fails because of them; the ratios, medians of rounds, are what stays comparable.
"""
