"""`kill -9` of each process in turn, in the middle of its work: nothing done is lost, nothing counts twice."""
