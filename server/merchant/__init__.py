"""What a merchant may do: apply a shop file, look after tills, and deal with what needs attention."""
