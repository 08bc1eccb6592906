"""What the tests of pictures have in common."""

from __future__ import annotations


def pytest_configure(config):
    """Let matplotlib older than pyparsing use the names that pyparsing now advises against."""
    for module in ("matplotlib._fontconfig_pattern", "matplotlib._mathtext"):
        line = f"ignore:.*deprecated - use:DeprecationWarning:{module}"
        config.addinivalue_line("filterwarnings", line)
