"""What the server keeps, in PostgreSQL: its own or the merchant's."""
