"""It can fail: `./run test-the-tests` takes out one guard at a time, and the tests that name it must notice."""
