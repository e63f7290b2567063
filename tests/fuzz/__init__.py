"""Whatever comes: every route and every decoder, with what Hypothesis thinks of, and none of it may be a failure."""
