"""What the pages about one card show."""
