"""Access: who may speak to the server, and how a till comes to be one that may."""
