"""What a cashier does, one act a file: each reads, judges, writes, and returns a value.

Nothing is reported as done before its transaction was committed with `synchronous=FULL`.
"""
