"""The file that the book is: who may open it, which version it has, and what can be wrong with it."""
