"""The window's looks: one table of tokens, and palette, style sheet, fonts and icons made from it."""
