"""The book: everything a till knows and has recorded, in one SQLite file.

Tables named `synced_*` are written by pull alone; everything else is the till's own. A card is shown as
`fold(synced rows, own open operations)` and never stored as a balance of the till's own making.
"""
