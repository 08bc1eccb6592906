"""The page as HTML: what stands on it is escaped here, and what its script reads is JSON.

This module must not know where what stands on it comes from.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from zenrun._report._contents import Contents
from zenrun._report._pictures import Picture

# What JSON may hold and a script element may not: its end, comments; and what older scripts take for line ends.
_UNSAFE = "<>&\u2028\u2029"


def page_of(contents: Contents, pictures: Sequence[Picture], note: str) -> str:
    """Write the page.

    Args:
        contents: What stands on it.
        pictures: Its pictures.
        note: Why there are none.
    """
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{escape(contents.title)}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<header>
<h1>{escape(contents.title)}</h1>
{_state(contents)}
<dl class="facts">{_facts(contents.facts)}</dl>
{_best(contents)}
{"".join(f'<p class="note">{escape(text)}</p>' for text in contents.notes)}
</header>
<main>
{_pictures(pictures, note)}
<section aria-labelledby="jobs-title">
<h2 id="jobs-title">Jobs</h2>
<noscript><p class="note">The table of the jobs, their logs and tracebacks need JavaScript.</p></noscript>
<div id="jobs" hidden>
<div class="tools">
<input id="filter" type="search" placeholder="Filter: words in any column, lr=0.1" aria-label="Filter jobs">
<div id="statuses" role="group" aria-label="Status"></div>
</div>
<div id="table" tabindex="0" role="region" aria-labelledby="jobs-title"></div>
<div id="pager" class="tools"></div>
</div>
</section>
{_config(contents)}
</main>
<dialog id="job" aria-labelledby="job-title"></dialog>
<script type="application/json" id="data">{_json(contents.data)}</script>
<script>{script}</script>
</body>
</html>
"""


@cache
def _asset(name: str) -> str:
    return files("zenrun._report").joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Give the name by which a policy lets a script or a style through, and no other."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _json(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in _UNSAFE:
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _state(contents: Contents) -> str:
    if contents.state is None:
        return ""
    return (
        f'<p class="state" data-status="{escape(contents.state)}">'
        f"<strong>{escape(contents.state)}</strong> {escape(contents.explained)}</p>"
    )


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    return "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in facts
    )


def _best(contents: Contents) -> str:
    if not contents.best:
        return ""
    many = len(contents.best) > 1
    items = "".join(
        f'<li><a href="#" data-place="{place}" class="best">{escape(text)}</a></li>'
        for place, text in contents.best[:20]
    )
    title = "Best jobs: no other is better in all objectives" if many else "Best job"
    return f'<section class="bests"><h2>{title}</h2><ul>{items}</ul></section>'


def _pictures(pictures: Sequence[Picture], note: str) -> str:
    if not pictures and not note:
        return ""
    shown = "".join(
        '<figure><button type="button" aria-expanded="false">'
        f'<img src="{escape(picture.source)}" alt="{escape(picture.title)}" '
        f'width="{picture.width}" height="{picture.height}"></button>'
        f"<figcaption>{escape(picture.title)}</figcaption></figure>"
        for picture in pictures
    )
    told = f'<p class="note">{escape(note)}</p>' if note else ""
    return f'<section><h2>Pictures</h2>{told}<div class="pictures">{shown}</div></section>'


def _config(contents: Contents) -> str:
    parts = [
        f'<h3>{escape(name)}</h3><pre tabindex="0">{escape(text)}</pre>'
        for name, text in contents.config
        if text
    ]
    if not parts:
        return ""
    return (
        f"<section><details><summary><h2>Config</h2></summary>{''.join(parts)}</details></section>"
    )
