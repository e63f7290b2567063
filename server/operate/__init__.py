"""What whoever runs the server may do: audit its books, print cards."""
