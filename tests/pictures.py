"""Keeps the pictures that pages and examples have drawn, small, for docs/images.

As a program: ``python tests/pictures.py FOLDER PICTURE...``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def drawn(folder: Path, name: str) -> Path | None:
    """Give what a picture is made of: a file of its name, or a page of that name to take one of."""
    found = (folder / name, (folder / name).with_suffix(".html"))
    return next((path for path in found if path.exists()), None)


def keep(made: Path, folder: str) -> None:
    """Keep a picture, or how a page looks in Chromium: CHROME's, or the one on the PATH."""
    from PIL import Image  # matplotlib brings it

    kept = Path(folder).absolute() / f"{made.stem}.png"
    if made.suffix == ".html":
        chromium = os.environ.get("CHROME", "chromium")
        options = ("--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1200,1000")
        command = [chromium, *options, f"--screenshot={kept}", made.absolute().as_uri()]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        made = kept
    # A palette is enough for a drawing, and a third of the bytes. Chosen so, it keeps the colours of fine lines.
    picture = Image.open(made).convert("RGB")
    few = picture.quantize(
        128, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE
    )
    few.save(kept, optimize=True)


if __name__ == "__main__":
    for picture in sys.argv[2:]:
        keep(Path(picture), sys.argv[1])
