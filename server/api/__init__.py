"""The HTTP of the server: one file for each resource. Below here nobody knows HTTP."""
