"""Whether this till's synced cards are the server's: comparing digests, mending a bucket, and what to report of it."""
