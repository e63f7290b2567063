"""What is parked when something fails that nobody expected to, and what becomes of it later."""
