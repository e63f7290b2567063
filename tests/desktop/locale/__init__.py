"""The catalogues of the window's languages: what makes them, and what they must hold."""
