"""What a person can ask of the window: one function for each, in one file for each subject."""
