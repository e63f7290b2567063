"""Pages about the till itself."""
