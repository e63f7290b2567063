"""The world of one run: its time, its server, its tills, and their lines. Time and lines alone are made up."""
