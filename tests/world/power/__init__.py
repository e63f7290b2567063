"""The power goes: what a disk may hold then is built from what SQLite was seen to write, and opened as a book."""
