"""What the database keeps of its going back in time: the recoveries, and the operations that await the end of one."""
