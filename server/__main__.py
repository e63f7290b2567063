"""`python -m server`, installed as `tillstamp-server`."""

from server.cli import app


def main() -> None:
    app(prog_name="tillstamp-server")


if __name__ == "__main__":
    main()
