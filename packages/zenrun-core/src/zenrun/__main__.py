"""``python -m zenrun``: the command line, where no ``zenrun`` is on the path."""

from zenrun._command_line import main

if __name__ == "__main__":
    raise SystemExit(main())
