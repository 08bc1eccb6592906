"""The ``zenrun`` command: what sweeps have left on disk, looked at from a shell.

It reads; it runs no jobs. This package must not know how jobs run, and loads neither Hydra nor OmegaConf, nor
what draws pictures before pictures are asked for.
"""

from zenrun._command_line._main import main as main
