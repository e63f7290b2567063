"""What a book does when the server's data went back in time."""
