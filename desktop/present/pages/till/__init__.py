"""What the pages about the till itself show."""
