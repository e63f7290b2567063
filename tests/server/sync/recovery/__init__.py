"""Sync: pushes are judged and recorded, pages are handed out."""
