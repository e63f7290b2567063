"""What is pressed: buttons, and choices among a few."""
