"""Making what is installed: wheel, folders that bring their own Python, Debian packages. `python -m making`.

`./run dist` calls it, in an environment with requirements.lock and requirements-dist.lock. Everything is made from
what is committed, never from what happens to lie in the working copy.
"""
