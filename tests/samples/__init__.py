"""Frozen messages of the wire. A file here is added to by another, never edited: somebody's till sends it today."""
