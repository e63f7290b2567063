"""One file for each version of the book, in SQL, importing nothing of ours: history must not change with the code."""
