"""Makes the pictures of a page in docs/images, by running the page's own code.

    python docs/make_pictures.py docs/plots.md

Run it where all the packages are installed: `python3 noxfile.py -s pictures`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))


def look(page: Path, picture: Path) -> None:
    """Save how a page looks in Chromium: CHROME's, or the one on the PATH."""
    chromium = os.environ.get("CHROME", "chromium")
    options = ("--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1200,1000")
    command = [chromium, *options, f"--screenshot={picture}", page.as_uri()]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def main(pages: list[str]) -> int:
    """Run the pages and keep the pictures that they save."""
    from code_blocks import Session, markdown_blocks
    from PIL import Image  # matplotlib brings it

    for page in map(Path, pages):
        blocks = markdown_blocks(page.read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            session = Session("page", Path(folder))
            for block in blocks:
                if block.language in {"python", "pycon"}:
                    session.run(block)
            if Path("report.html").exists():
                look(Path("report.html").absolute(), Path("report.png").absolute())
            for made in sorted(Path(folder).glob("*.png")):
                kept = HERE / "images" / made.name
                # 96 colours are enough for a drawing, and a third of the bytes.
                Image.open(made).convert("RGB").quantize(96, dither=0).save(kept, optimize=True)
                print(f"{made.name}: {kept.stat().st_size / 1000:.0f} kB")
            os.chdir(HERE)
    return 0


if __name__ == "__main__":
    sys.exit(main([str(Path(page).absolute()) for page in sys.argv[1:]]))
