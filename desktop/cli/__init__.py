"""The till's command line: every verb is a few lines over the same acts that the window calls.

`--data-dir`, `--staff` and `--json` are taken before the verb and after it; what stands after it wins.

Exit: 0 done, 1 trouble, 2 usage, 3 the server is out of reach, 4 refused (the code and its detail on standard output).
Known trouble is one sentence on standard error.
"""
