"""Who works at this till: signing in, and their shift."""
