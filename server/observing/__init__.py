"""What the server tells of itself: figures for Prometheus, and whose request a log line belongs to."""
