"""The pages of the window: setters in, signals out. None of them knows the till."""
