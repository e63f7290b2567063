"""The architecture as tests: what may import what, how large a file may grow, what the repository never says."""
