"""Access: codes that become tills, and tokens that lead to them."""
