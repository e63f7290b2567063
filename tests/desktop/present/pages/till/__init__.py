"""The pages about the till itself."""
