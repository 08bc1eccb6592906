"""The jobs of a sweep as pandas' and xarray's tables.

Both libraries are loaded when they are asked for. This module must not know how jobs run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from zenrun._extras import library
from zenrun._nearest import did_you_mean
from zenrun.errors import TableError
from zenrun.results._columns import alike, names_beside, varying
from zenrun.results._parts import VALUE
from zenrun.results._rows import Row, rows_of

if TYPE_CHECKING:
    import pandas as pd
    import xarray

_MOST_CELLS = 1_000_000  # of a grid that has fewer jobs than a hundredth of it


def to_dataframe(jobs: Any, *, unpickle: bool = False) -> pd.DataFrame:
    """Give the jobs of a sweep as a pandas table: a row for each job, by its number.

    The columns are, in this order: each override that is not the same in all jobs, as numbers, booleans and
    texts, a config group by its choice; what the jobs returned; ``status``, ``duration`` in seconds and
    ``directory``. A dict, a dataclass or a named tuple has a column for each of its items, those of one
    inside another with dots between the names; anything else that was returned is in ``value``. What no
    column can be typed as (lists, arrays, models) is there as the object that it is. What a job has not
    (it has failed, or another grid has that override) is missing: NaN or None. A name that there is
    already gets ``returned.`` before it.

    Args:
        jobs: What `hydra_multirun` or `load_sweep` has given, jobs of it, a search's result, or the
            directory of a sweep: ``hydra.sweep.dir``.
        unpickle: Whether what jobs returned may be unpickled where `jobs` is a directory, as for
            `load_sweep`: only where you trust it.

    Returns:
        The table.

    Raises:
        MissingExtraError: pandas is not installed.
        TableError: No table can be made of `jobs`.
        JournalError: No sweep is in the directory.
        PickledValueError: A value would have to be unpickled, and that was not asked for.

    Example:
        >>> from zenrun import hydra_multirun, to_dataframe
        >>> jobs = hydra_multirun({"x": 1}, lambda cfg: {"square": cfg.x**2}, ["x=1,2,3"])
        >>> to_dataframe(jobs)[["x", "square", "status"]]
             x  square     status
        job
        0    1       1  COMPLETED
        1    2       4  COMPLETED
        2    3       9  COMPLETED
    """
    made, _, _ = _framed(rows_of(jobs, unpickle=unpickle), "to_dataframe")
    return made


def aggregate_repeats(
    jobs: Any, over: str | Iterable[str] = "seed", *, unpickle: bool = False
) -> pd.DataFrame:
    """Give mean, standard deviation and number over the repeats of each combination.

    Args:
        jobs: As for `to_dataframe`.
        over: The override that tells repeats apart, such as the seed; or several. Jobs that are the same in
            all other overrides are repeats of each other. With ``()`` those with the same overrides are.
        unpickle: As for `to_dataframe`.

    Returns:
        A row for each combination, which is the index. The columns are of two levels: for each number that
        jobs returned ``mean``, ``std`` (that of a sample: NaN of one job alone) and ``count``, the number
        of jobs that gave it. Jobs that have failed gave none.

    Raises:
        TableError: No table can be made of `jobs`, `over` is no override that varies, or nothing that was
            returned is a number.
        MissingExtraError: pandas is not installed.
        JournalError: No sweep is in the directory.
        PickledValueError: A value would have to be unpickled, and that was not asked for.

    Example:
        >>> from zenrun import aggregate_repeats, hydra_multirun
        >>> jobs = hydra_multirun(
        ...     {"x": 1, "seed": 0}, lambda cfg: cfg.x + cfg.seed, ["x=1,5", "seed=0,1,2"]
        ... )
        >>> aggregate_repeats(jobs)
          value
           mean  std count
        x
        1   2.0  1.0     3
        5   6.0  1.0     3
    """
    rows = rows_of(jobs, unpickle=unpickle)
    table, keys, values = _framed(rows, "aggregate_repeats")
    pandas = _pandas("aggregate_repeats")
    repeated = [over] if isinstance(over, str) else list(over)
    known = list(dict.fromkeys(key for row in rows for key in row.params))
    for key in repeated:
        if key not in known:
            raise TableError(_about_key(key, known))
    numbers = [name for name in values if _is_number(pandas, table[name])]
    if not numbers:
        told = ", ".join(map(repr, values)) or "nothing"
        msg = f"The jobs returned no numbers to aggregate: there is {told}"
        raise TableError(msg)
    by = [key for key in keys if key not in repeated]
    groups: dict[Any, list[int]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(tuple(alike(row.params.get(key)) for key in by), []).append(place)
    firsts = [places[0] for places in groups.values()]
    numbered = [0] * len(rows)
    for number, places in enumerate(groups.values()):
        for place in places:
            numbered[place] = number
    data = table[numbers].astype(float).groupby(numbered, sort=False)
    made = data.agg(["mean", "std", "count"])
    if not by:
        return made
    index = [[_hashable(value) for value in table[key].iloc[firsts]] for key in by]
    made.index = (
        pandas.Index(index[0], name=by[0])
        if len(by) == 1
        else pandas.MultiIndex.from_arrays(index, names=by)
    )
    return made


def to_xarray(jobs: Any, *, unpickle: bool = False) -> xarray.Dataset:
    """Give the jobs of a grid as an xarray ``Dataset`` with a dimension for each override that varies.

    Args:
        jobs: As for `to_dataframe`.
        unpickle: As for `to_dataframe`.

    Returns:
        A variable for each column of `to_dataframe` that is no override. A combination that no job had is
        missing: NaN or None.

    Raises:
        TableError: No table can be made of `jobs`; several jobs had the same overrides; or the overrides
            are no grid, but values here and there, as those of a search.
        MissingExtraError: xarray is not installed.
        JournalError: No sweep is in the directory.
        PickledValueError: A value would have to be unpickled, and that was not asked for.

    Example:
        >>> from zenrun import hydra_multirun, to_xarray
        >>> jobs = hydra_multirun({"x": 1, "y": 1}, lambda cfg: cfg.x * cfg.y, ["x=1,2", "y=3,4,5"])
        >>> table = to_xarray(jobs)
        >>> table["value"].sel(x=2).values
        array([ 6,  8, 10])
    """
    rows = rows_of(jobs, unpickle=unpickle)
    xr = library("xarray", extra="xarray", what_for="to_xarray")
    table, keys, _ = _framed(rows, "to_xarray")
    pandas = _pandas("to_xarray")
    axes: list[dict[Any, int]] = []
    coordinates: dict[str, Any] = {}
    for key in keys:
        told = [alike(row.params.get(key)) for row in rows]
        found = dict.fromkeys(told)
        axes.append({item: at for at, item in enumerate(found)})
        firsts = [told.index(item) for item in found]
        coordinates[key] = (key, _coordinate(table[key].iloc[firsts]))
    shape = tuple(map(len, axes))
    if math.prod(shape) > max(_MOST_CELLS, 100 * len(rows)):
        msg = (
            f"{len(rows)} jobs are no grid: of {', '.join(map(repr, keys))} there would be "
            f"{' x '.join(map(str, shape))} combinations. to_dataframe has a row for each job"
        )
        raise TableError(msg)
    cells: dict[tuple[int, ...], int] = {}
    for at, row in enumerate(rows):
        cell = tuple(axis[alike(row.params.get(key))] for axis, key in zip(axes, keys, strict=True))
        if cell in cells:
            raise TableError(_about_repeats(rows[cells[cell]], row))
        cells[cell] = at
    import numpy as np

    order = np.full(shape, -1)
    for cell, at in cells.items():
        order[cell] = at
    variables = {
        name: (keys, _laid_out(pandas, table[name], order))
        for name in table.columns
        if name not in keys
    }
    return xr.Dataset(variables, coords=coordinates)


# --- what both are made of ---------------------------------------------------------------------------


def _pandas(what_for: str) -> Any:
    return library("pandas", extra="table", what_for=what_for)


def _framed(rows: Sequence[Row], what_for: str) -> tuple[Any, list[str], list[str]]:
    """Give the table, and which of its columns are overrides and which what jobs returned."""
    pandas = _pandas(what_for)
    keys = varying(rows)
    parts = [row.parts() for row in rows]
    values = list(dict.fromkeys(name for found in parts for name in found)) or [VALUE]
    facts, names = names_beside(keys, values)
    columns: dict[str, Any] = {}
    for key in keys:
        columns[key] = _column(pandas, [row.params.get(key) for row in rows])
    for name in values:
        columns[names[name]] = _column(pandas, [found.get(name) for found in parts])
    columns[facts["status"]] = _column(pandas, [row.status for row in rows])
    durations = [math.nan if row.duration is None else row.duration for row in rows]
    columns[facts["duration"]] = pandas.Series(durations, dtype="float64")
    columns[facts["directory"]] = _column(pandas, [row.directory for row in rows])
    made = pandas.DataFrame(columns)
    made.index = pandas.Index([row.num for row in rows], name="job", dtype="int64")
    return made, keys, list(names.values())


def _column(pandas: Any, values: Sequence[Any]) -> Any:
    """Give a column of the type that all its values have; NaN stands for a number that is missing."""
    there = [value for value in values if value is not None]
    kinds = {type(value) for value in there}
    if kinds == {bool} and len(there) == len(values):
        return pandas.Series(values, dtype="bool")
    if kinds == {int} and len(there) == len(values) and all(_fits(value) for value in there):
        return pandas.Series(values, dtype="int64")
    if kinds and kinds <= {int, float} and all(type(v) is float or abs(v) <= 2**53 for v in there):
        floats = [math.nan if value is None else float(value) for value in values]
        return pandas.Series(floats, dtype="float64")
    if kinds == {str}:
        return pandas.Series(values)
    return pandas.Series(_objects(values), dtype="object")


def _objects(values: Sequence[Any]) -> Any:
    """Give an array of objects, whatever they are: of lists numpy would make dimensions."""
    import numpy as np

    made = np.empty(len(values), dtype=object)
    for at, value in enumerate(values):
        made[at] = value
    return made


def _fits(value: int) -> bool:
    return -(2**63) <= value < 2**63


def _is_number(pandas: Any, column: Any) -> bool:
    kinds = pandas.api.types
    return bool(kinds.is_numeric_dtype(column) or kinds.is_bool_dtype(column))


def _hashable(value: Any) -> Any:
    return repr(value) if isinstance(value, (list, dict)) else value


def _coordinate(column: Any) -> Any:
    """Give the values along a dimension; lists and dicts, which none can have, as their texts."""
    if column.dtype.kind in "bif":
        return column.to_numpy()
    return _objects([_hashable(value) for value in column])


def _laid_out(pandas: Any, column: Any, order: Any) -> Any:
    """Put the values of a column where the grid has their jobs."""
    import numpy as np

    flat = order.ravel()
    there = flat >= 0
    if column.dtype.kind in "bif" and (there.all() or column.dtype.kind == "f"):
        made = np.full(flat.shape, math.nan if column.dtype.kind == "f" else 0, column.dtype)
        made[there] = column.to_numpy()[flat[there]]
    elif column.dtype.kind == "i":
        made = np.full(flat.shape, math.nan)
        made[there] = column.to_numpy()[flat[there]]
    else:
        made = np.full(flat.shape, None, dtype=object)
        for at in np.flatnonzero(there):
            value = column.iloc[flat[at]]
            made[at] = None if isinstance(value, float) and pandas.isna(value) else value
    return made.reshape(order.shape)


def _about_key(key: Any, known: Sequence[str]) -> str:
    hint = did_you_mean(str(key), known)
    there = ", ".join(map(repr, known)) or "none"
    return f"over={key!r} is no override of these jobs{hint}. There are: {there}"


def _about_repeats(first: Row, other: Row) -> str:
    shown = ", ".join(f"{key}={value!r}" for key, value in other.params.items())
    return (
        f"Jobs {first.num} and {other.num} had the same overrides ({shown}), and a cell of the grid has "
        "room for one. aggregate_repeats(jobs, over=()) gives their mean, to_dataframe a row for each"
    )
