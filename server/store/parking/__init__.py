"""What is parked: finding it, and writing what was decided of it."""
