"""What is done with the till itself: its first run, training, full screen and closing, and its menu."""
