"""Tills and a server as real processes: started, killed with `kill -9`, cut off, and driven through their commands."""
