"""``zenrun plot``: the pictures of a sweep as files.

This module must not know how they are drawn.
"""

from __future__ import annotations

import argparse
import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenrun._command_line._print import complain, say
from zenrun._command_line._sweeps import find_directory
from zenrun.errors import PlotError
from zenrun.plot import overview
from zenrun.results._load import Sweep, load_sweep
from zenrun.results._show import short_path

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLDER = "plots"
# Of each kind the options that it needs, and those that it takes.
_KINDS = {
    "value": (["x"], ["by"]),
    "heatmap": (["x", "y"], []),
    "parallel": ([], []),
    "history": ([], []),
    "curves": ([], ["by"]),
}
_CHOOSE = ("x", "y", "by")
_FLAGS = {"x": "-x", "y": "-y", "by": "--by"}
_DPI = 150


def run(args: argparse.Namespace) -> int:
    """Carry out the command.

    Args:
        args: Its options.

    Returns:
        1 if there is nothing to draw, else 0.
    """
    kind = _kind(args)
    sweep = load_sweep(find_directory(args.directory))
    figures = overview(sweep, value=args.value) if kind is None else _one(sweep, kind, args)
    if not figures:
        complain(
            f"nothing to draw: in {short_path(sweep.directory)} there are no two finished jobs that returned "
            "numbers and differ in an override"
        )
        return 1
    for path, figure in _places(args.output, figures).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=_DPI)
        say(short_path(path))
    return 0


def _kind(args: argparse.Namespace) -> str | None:
    """Give the kind of the one picture that is asked for; None where all that suit are.

    Raises:
        PlotError: The options do not go together.
    """
    given = [name for name in _CHOOSE if getattr(args, name) is not None]
    kind: str | None = args.kind
    if kind is None and given:
        kind = "heatmap" if "y" in given else "value" if "x" in given else "curves"
    if kind is None:
        return None
    needs, takes = _KINDS[kind]
    missing = [_FLAGS[name] for name in needs if name not in given]
    if missing:
        msg = (
            f"A picture of the kind {kind!r} needs {' and '.join(missing)}, the name of a parameter"
        )
        raise PlotError(msg)
    too_many = [_FLAGS[name] for name in given if name not in [*needs, *takes]]
    if too_many:
        msg = f"A picture of the kind {kind!r} takes no {' and no '.join(too_many)}"
        raise PlotError(msg)
    return kind


def _one(sweep: Sweep, kind: str, args: argparse.Namespace) -> dict[str, Figure]:
    needs, takes = _KINDS[kind]
    settings: dict[str, Any] = {name: getattr(args, name) for name in takes}
    parameters = [getattr(args, name) for name in needs]
    draw = getattr(importlib.import_module("zenrun.plot"), kind)
    ax = draw(sweep, *parameters, value=args.value, **settings)
    title = " ".join(filter(None, [args.value, kind, *parameters, args.by]))
    return {title: ax.figure}


def _places(output: str | None, figures: dict[str, Figure]) -> dict[Path, Figure]:
    """Give each figure the name of its file.

    Raises:
        PlotError: One file is named for several, or for a kind of picture that there is not.
    """
    target = Path(output or FOLDER)
    kinds = next(iter(figures.values())).canvas.get_supported_filetypes()
    if not target.suffix or target.is_dir():
        names: dict[str, Figure] = {}
        for title, figure in figures.items():
            name = stem = re.sub(r"[^\w.]+", "-", title).strip("-.")[:100] or "picture"
            number = 1
            while name in names:
                number += 1
                name = f"{stem}-{number}"
            names[name] = figure
        return {target / f"{name}.png": figure for name, figure in names.items()}
    if target.suffix[1:].lower() not in kinds:
        msg = (
            f"{target.name!r} is no name of a picture: it ends in one of {', '.join(sorted(kinds))}"
        )
        raise PlotError(msg)
    if len(figures) > 1:
        titles = ", ".join(map(repr, figures))
        msg = (
            f"{str(target)!r} is one file, and there are {len(figures)} pictures: {titles}. Name a folder, or "
            "choose one by -x, -y or --kind"
        )
        raise PlotError(msg)
    return dict.fromkeys([target], *figures.values())
