"""The doctor: each check, tried by breaking what it looks at."""
