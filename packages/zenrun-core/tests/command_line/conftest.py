"""What the tests of the command line have in common."""

from __future__ import annotations

import contextlib
import io

import pytest

from zenrun._command_line import main


class _Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def printed(monkeypatch):
    """Carry out a command line; give what it prints, to a terminal of a width or to a pipe."""

    def carry_out(*args, width=None, code=0):
        monkeypatch.setenv("COLUMNS", str(width or 40))
        out = _Terminal() if width else io.StringIO()
        with contextlib.redirect_stdout(out):
            assert main(list(map(str, args))) == code
        return out.getvalue()

    return carry_out


@pytest.fixture
def refused(capsys):
    """Carry out a command line that cannot be; give its one line of complaint."""

    def carry_out(*args):
        capsys.readouterr()
        code = main(list(map(str, args)))
        out, err = capsys.readouterr()
        assert (code, out) == (2, "")
        assert err.startswith("zenrun: error: ")
        assert err.count("\n") == 1
        return err

    return carry_out
