"""The book, on real files."""
