"""`./run soak`: tills, two server workers and PostgreSQL as real processes, and real faults, for as long as one likes.

`processes/` forces a kill at a chosen place; here they come as the seed and the machine will have it, many at once. At
the end everything heals, a standby that lagged takes over, and the books are compared: nothing lost, nothing counted
twice.
"""
