"""Values of the pages about people."""
