"""The site's pages that are no files of docs/: READMEs, CONTRIBUTING.md, and each example with its text.

mkdocs calls the functions named ``on_...``. Pages link to files of the repository, as they are read there; here such
a link becomes one to the file's page. A link to a file that has none fails the build, as mkdocs is strict.
This module must not know what the pages say.
"""

from __future__ import annotations

import ast
import os
import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

REPOSITORY = Path(__file__).resolve().parents[2]
DOCS = REPOSITORY / "docs"
LINK = re.compile(r"(?<=\]\()(?!\w+:)([^)#\s]+)")


def _homes() -> dict[str, str]:
    """Give the place on the site of each file, outside of docs/, that has a page there."""
    homes = {
        "README.md": "index.md",
        "CONTRIBUTING.md": "contributing.md",
        "benchmarks/README.md": "benchmarks.md",
        "examples": "examples.md",
    }
    for path in sorted(REPOSITORY.glob("packages/*/README.md")):
        homes[f"packages/{path.parent.name}/README.md"] = f"packages/{path.parent.name}.md"
    for path in sorted(REPOSITORY.glob("examples/*.py")):
        homes[f"examples/{path.name}"] = f"examples/{path.stem}.md"
    return homes


HOMES = _homes()
SOURCES = {home: source for source, home in HOMES.items() if not (DOCS / home).exists()}


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are made of other files."""
    for home, source in SOURCES.items():
        text = (REPOSITORY / source).read_text(encoding="utf-8")
        made = _example_page(source, text) if source.endswith(".py") else text
        files.append(File.generated(config, home, content=made))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Have links to files of the repository lead to those files' pages."""
    home = page.file.src_uri
    source = SOURCES.get(home, f"docs/{home}")
    if page.parent is None:  # a page by itself needs no list of its neighbours
        page.meta["hide"] = ["navigation", *(["toc"] if page.is_homepage else [])]
    elif source.endswith(".py"):
        page.meta["hide"] = ["toc"]

    def led(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), match[1]))
        inside = target.removeprefix("docs/") if target.startswith("docs/") else None
        found = HOMES.get(target, inside)
        return match[1] if found is None else posixpath.relpath(found, posixpath.dirname(home))

    return LINK.sub(led, markdown)


def _example_page(source: str, text: str) -> str:
    """Give an example's page: what its docstring says, its picture, its text."""
    title, _, rest = (ast.get_docstring(ast.parse(text)) or source).partition("\n")
    picture = f"images/{Path(source).stem}.png"
    shown = f"![{title}](../{picture})\n\n" if (DOCS / picture).exists() else ""
    code = text.split('"""', 2)[2].strip("\n")
    return f"# {title}\n\n{rest.strip()}\n\n{shown}```python title={os.fspath(source)!r}\n{code}\n```\n"
