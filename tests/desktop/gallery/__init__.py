"""Every page of the window with something on it: what is looked at, and measured."""
