"""The first run's pages: a frame that leads through them, and what each of them asks."""
