"""The exchange with the server: Qt-free, one file per step. `plan` decides, `link` speaks HTTP, `push` and `pull` move
the data, `runner` is the one thread that does them in turn. Every network failure is a value; no network call is made
inside a transaction of the book."""
