"""``hydra/sweeper=combinations``: sweeps with zipped overrides, several grids, conditions and repeats.

Hydra loads this module whenever an app starts, so it loads no more than it must: what makes jobs is loaded
when a sweep is. This module must not know how jobs run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Optional

from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

if TYPE_CHECKING:
    from zenrun.compose._swept import Combination, Grid
    from zenrun.sweep._basic import GridSweeper

TARGET = "hydra_plugins.zenrun_core.ZenrunSweeper"

# ruff: noqa: UP045 - OmegaConf reads these hints, and its older versions know Optional alone


@dataclass
class CombinationsConfig:
    """What the sweeper can be told.

    Attributes:
        max_batch_size: How many jobs are launched at once at most, as in Hydra's basic sweeper.
        params: What is swept over, as there.
        zip: Lists of keys whose values step together; one list may stand alone.
        grids: What is swept over, one after another: dicts as params, or lists of overrides.
        where: A condition on a job's overrides: jobs for which it does not hold are left out.
        repeat: How often each job runs, or a dict from keys to how many numbers they get, from 0 on.
    """

    _target_: str = TARGET
    max_batch_size: Optional[int] = None
    params: Optional[dict[str, str]] = None
    zip: list[Any] = field(default_factory=list)
    grids: list[Any] = field(default_factory=list)
    where: Optional[str] = None
    repeat: Any = None


CONFIGS = {"combinations": CombinationsConfig}


class ConfiguredSweeper(Sweeper):
    """Runs the combinations that the config asks for.

    Args:
        max_batch_size: As in `CombinationsConfig`, as are those that follow.
        params: As said.
        zip: As said.
        grids: As said.
        where: As said.
        repeat: As said.
    """

    def __init__(
        self,
        max_batch_size: int | None = None,
        params: Any = None,
        zip: Any = (),  # noqa: A002 - the name in the config
        grids: Any = (),
        where: str | None = None,
        repeat: Any = None,
    ) -> None:
        self._max_batch_size = max_batch_size
        self._params = params
        self._said = {"zip": zip, "grids": grids, "where": where, "repeat": repeat}

    def combination(self) -> Combination:
        """Give what the config says, checked.

        Raises:
            CombinationError: It cannot be done.
        """
        from omegaconf import OmegaConf

        from zenrun.compose._swept import Combination, Grid

        said = OmegaConf.to_container(OmegaConf.create(self._said), resolve=True)
        assert isinstance(said, dict)
        repeats, times = _repeats(said["repeat"])
        common = Grid(
            tuple(f"{key}={','.join(map(str, range(number)))}" for key, number in repeats.items()),
            _pairs(said["zip"]),
            tuple(repeats),
        )
        where = said["where"]
        if where is not None and not isinstance(where, str):
            raise _about_setting(where, "where", "a condition, such as 'lr * width < 1'")
        return Combination(common, _grids(said["grids"]), () if where is None else (where,), times)

    def working(self) -> GridSweeper:
        """Give the sweeper that does the work."""
        from zenrun import _hydra
        from zenrun._isolation._plugins import mixed
        from zenrun.sweep._basic import GridSweeper

        size = self._max_batch_size
        if size is not None and size < 1:
            raise _about_setting(size, "max_batch_size", "a positive number, or null")
        made = mixed(GridSweeper, _hydra.new_sweeper(size, self._params))
        assert isinstance(made, GridSweeper)
        made.combination = self.combination()
        return made

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Take what the sweeper works with.

        Args:
            hydra_context: What jobs are composed with, and the callbacks.
            task_function: What each job calls.
            config: The sweep's config.
        """
        self._working = self.working()
        self._working.setup(hydra_context=hydra_context, task_function=task_function, config=config)

    def sweep(self, arguments: list[str]) -> Any:
        """Run the jobs.

        Args:
            arguments: The overrides.

        Returns:
            The JobReturns of each batch.
        """
        return self._working.sweep(arguments)


def _pairs(said: Any) -> tuple[tuple[str, str], ...]:
    groups = [said] if said and all(isinstance(item, str) for item in said) else said
    for keys in groups:
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise _about_setting(said, "zip", "lists of keys, such as [[lr,width],[optim,beta]]")
    return tuple((key, f"zip[{number}]") for number, keys in enumerate(groups) for key in keys)


def _grids(said: Any) -> tuple[Grid, ...]:
    from zenrun.compose._overrides import override_strings
    from zenrun.compose._swept import Grid

    made = []
    for item in said:
        if isinstance(item, Mapping) and all(isinstance(key, str) for key in item):
            texts = {key: value for key, value in item.items() if isinstance(value, str)}
            overrides = [
                f"{key}={texts[key]}" if key in texts else override_strings({key: value})[0]
                for key, value in item.items()
            ]
        elif isinstance(item, list) and all(isinstance(text, str) for text in item):
            overrides = override_strings(item)
        else:
            raise _about_setting(
                item, "grids", "dicts such as {lr:'0.1,0.2'}, or lists of overrides: ['lr=0.1,0.2']"
            )
        made.append(Grid(tuple(overrides)))
    return tuple(made)


def _repeats(said: Any) -> tuple[dict[str, int], int]:
    if said is None:
        return {}, 1
    named = said if isinstance(said, dict) else {"": said}
    for key, number in named.items():
        is_number = isinstance(number, int) and not isinstance(number, bool) and number > 0
        if not is_number or not isinstance(key, str):
            raise _about_setting(said, "repeat", "a positive number, or a dict such as {seed:3}")
    return (said, 1) if isinstance(said, dict) else ({}, said)


def _about_setting(given: Any, name: str, takes: str) -> Exception:
    from zenrun import errors

    return errors.CombinationError(f"hydra.sweeper.{name} takes {takes}; given was {given!r}")
