"""The world: several tills and one server at once, and what must hold whatever order things happen in."""
