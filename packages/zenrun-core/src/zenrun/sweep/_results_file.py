"""What a search leaves in its sweep's folder, and on an error that ends it.

This module must not know how trials are chosen or run.
"""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from zenrun import errors
from zenrun.job._yaml_text import dump, is_usual, scalar_text
from zenrun.sweep._trials import SearchResult, TrialResult

RESULTS_FILE = "optimization_results.yaml"


def start_folder(config: DictConfig) -> Path:
    """Make the sweep's folder, with the sweep's config in it.

    Args:
        config: The sweep's config.

    Raises:
        OutputDirError: It cannot be written.
    """
    folder = Path(str(config.hydra.sweep.dir)).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        OmegaConf.save(config, folder / "multirun.yaml")
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder


def evaluations(results: Sequence[TrialResult]) -> list[dict[str, Any]]:
    """Give what was tried, and what came of it, as plain values.

    Args:
        results: The trials.
    """
    found = []
    for item in results:
        values = item.values
        many = values is not None and len(values) > 1
        result = list(values or ()) if many else item.value
        status = {} if item.status == "COMPLETED" else {"status": item.status}
        found.append({"params": item.params, "result": result, **status})
    return found


def summary(name: str, result: SearchResult) -> dict[str, Any]:
    """Give the best of a search, as Hydra's sweepers write it.

    Args:
        name: The name of the kind of search.
        result: What came of it.
    """
    if len(result.directions) > 1:
        front = [
            {"params": item.params, "values": list(item.values or ())} for item in result.pareto
        ]
        return {"name": name, "solutions": front}
    return {"name": name, **best_evaluated(result)}


def best_evaluated(result: SearchResult) -> dict[str, Any]:
    """Give the best trial's values and score; None for both where no trial has a score.

    Args:
        result: What came of a search with one objective.
    """
    best = result.best
    return {
        "best_evaluated_params": None if best is None else best.params,
        "best_evaluated_result": None if best is None else best.value,
    }


def save(folder: Path, name: str, result: SearchResult, tried: list[dict[str, Any]]) -> None:
    """Write the results file, whole or not at all.

    Args:
        folder: The sweep's folder.
        name: The name of the kind of search.
        result: What came of the search.
        tried: What was tried.

    Raises:
        OutputDirError: It cannot be written.
    """
    partial = folder / f".{RESULTS_FILE}.partial"
    text = dump(summary(name, result)) + _tried_text(tried)
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(folder / RESULTS_FILE)
    except OSError as error:
        raise _unwritable(folder, error) from error


def attach(error: BaseException, tried: list[dict[str, Any]], message: str) -> None:
    """Give an error that ends the search what had finished before it.

    Args:
        error: The error. It gets an attribute ``finished_evaluations``, a list of dicts with
            ``params`` and ``result``, and, from Python 3.11 on, the message as a note.
        tried: What had finished.
        message: What to note.
    """
    # The error is the task's own; its class need not take attributes.
    with contextlib.suppress(Exception):
        error.finished_evaluations = tried  # type: ignore[attr-defined]
    add_note = getattr(error, "add_note", None)
    if add_note is not None:
        with contextlib.suppress(Exception):
            add_note(message)


def _tried_text(tried: Sequence[Mapping[str, Any]]) -> str:
    """Write the evaluations as yaml; PyYAML would take longer than many a search."""
    if not tried or not is_usual():
        return dump({"evaluations": list(tried)})
    return "".join(["evaluations:\n", *map(_item_text, tried)])


def _item_text(item: Mapping[str, Any]) -> str:
    params, result = item["params"], _number_text(item["result"])
    texts = [scalar_text(value) for value in params.values()]
    if not params or None in texts or result is None or len(item) > 2:
        return dump([dict(item)])
    pairs = zip(params, texts, strict=True)
    lines = [f"    {_key_text(key)}: {text}\n" for key, text in pairs]
    return f"- params:\n{''.join(lines)}  result: {result}\n"


def _number_text(value: Any) -> str | None:
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    return scalar_text(value)


@functools.lru_cache(maxsize=256)
def _key_text(key: str) -> str:
    return dump({key: 0}).rpartition(": 0")[0]


def _unwritable(folder: Path, error: OSError) -> errors.OutputDirError:
    msg = (
        f"The sweep's folder {str(folder)!r} cannot be written: {error.strerror or error}. Set "
        "another one, such as hydra.sweep.dir=/somewhere/else"
    )
    return errors.OutputDirError(msg, path=str(folder))
