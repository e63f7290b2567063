"""The scripted cashier: the story, the hands that carry it out, and the report of what was seen."""
