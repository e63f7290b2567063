"""What stands beside the till: on real sockets, device files and processes."""
