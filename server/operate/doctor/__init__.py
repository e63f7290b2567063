"""The doctor: looks at everything that a server stands on, one file for each check, and says what to do."""
