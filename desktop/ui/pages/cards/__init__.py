"""Pages about one card, or on the way to one."""
