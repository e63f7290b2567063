"""The server behind a real PgBouncer that pools transactions: `packaging/try-pgbouncer`."""
