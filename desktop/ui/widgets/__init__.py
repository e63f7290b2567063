"""The window's own widgets: setters in, signals out, no call into the domain."""
