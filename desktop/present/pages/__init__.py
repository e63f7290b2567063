"""The builders of the window's pages: each reads what its page says, and turns domain values into views."""
