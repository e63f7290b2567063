"""The tests: mirrors of the three trees, and worlds of several tills around one server."""
