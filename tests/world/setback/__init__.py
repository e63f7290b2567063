"""Tills whose book goes back in time, or is in two places: real books, the real server, and everybody agrees again."""
