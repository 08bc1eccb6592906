"""Hydra's config loader, step by step as Hydra composes, with what never changes kept in memory.

The steps, their order and their errors are those of Hydra 1.3's ``load_configuration``. This module
must not know of sweeps.

Source: https://hydra.cc/docs/advanced/defaults_list
"""

from __future__ import annotations

import copy
import os
import threading
from collections.abc import Sequence
from typing import Any

import hydra.version
from hydra.conf import ConfigSourceInfo
from hydra.core.override_parser.types import Override
from hydra.plugins.config_source import ConfigResult
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict

from zenrun import _hydra, _resolvers
from zenrun.compose._hydra_part import (
    hydra_part,
    known_defaults,
    length_of_hydra_part,
    remember_defaults,
)
from zenrun.compose._parse import parse
from zenrun.compose._repository import RunRepository


class RunConfigLoader(_hydra.HydraConfigLoader):
    """Hydra's config loader for one run.

    Args:
        config_search_path: Where configs are looked for.
    """

    def __init__(self, config_search_path: Any) -> None:
        self.config_search_path = config_search_path
        self.repository = RunRepository(config_search_path)
        self._composed_from: _hydra.ComposedFrom | None = None
        self._part: tuple[Any, DictConfig] | None = None
        # Launchers and sweepers may compose in several threads, which Hydra's own loader bears.
        self._one_at_a_time = threading.RLock()

    def composed(
        self, config_name: str, overrides: Sequence[str]
    ) -> tuple[DictConfig, _hydra.ComposedFrom | None]:
        """Compose the config of a job, and tell what it was composed from.

        Args:
            config_name: The name of the run's config.
            overrides: The overrides in Hydra's grammar.
        """
        with self._one_at_a_time:
            self._composed_from = None
            config = self.load_configuration(
                config_name=config_name, overrides=list(overrides), run_mode=RunMode.RUN
            )
            source, self._composed_from = self._composed_from, None
        return config, source

    # --- Hydra's steps ----------------------------------------------------------------------------

    def _load_configuration_impl(self, *args: Any, **kwargs: Any) -> DictConfig:
        with self._one_at_a_time:
            return self._compose_steps(*args, **kwargs)

    def _compose_steps(
        self,
        config_name: str | None,
        overrides: list[str],
        run_mode: RunMode,
        from_shell: bool = True,
        validate_sweep_overrides: bool = True,
    ) -> DictConfig:
        self.ensure_main_config_source_available()
        parsed, repository = self._parse_overrides_and_create_caching_repo(config_name, overrides)
        if validate_sweep_overrides:
            self.validate_sweep_overrides_legal(
                overrides=parsed, run_mode=run_mode, from_shell=from_shell
            )
        skip_missing = run_mode == RunMode.MULTIRUN
        defaults = known_defaults(repository, config_name, parsed, skip_missing=skip_missing)
        if defaults is None:
            defaults = _hydra.defaults_list(
                repository, config_name, parsed, skip_missing=skip_missing
            )
            remember_defaults(repository, config_name, parsed, defaults, skip_missing=skip_missing)
        config = self._compose_config_from_defaults_list(
            defaults=defaults.defaults, repo=repository
        )
        # From here on new keys take a +, also in mappings with a type for their items.
        OmegaConf.set_struct(config, True)
        OmegaConf.set_readonly(config.hydra, False)
        _hydra.apply_overrides(defaults.config_overrides, config)
        self._fill_hydra(config, config_name, parsed, defaults.known_choices, repository)
        return config

    def _fill_hydra(
        self,
        config: DictConfig,
        config_name: str | None,
        overrides: Sequence[Override],
        known_choices: Any,
        repository: Any,
    ) -> None:
        """Tell the job about itself, in its ``hydra`` node."""
        hydra_config = config.hydra
        of_app = [item for item in overrides if not item.is_hydra_override()]
        of_hydra = [item for item in overrides if item.is_hydra_override()]
        for override in of_hydra:
            hydra_config.overrides.hydra.append(override.input_line)
        for override in of_app:
            hydra_config.overrides.task.append(override.input_line)
        job, runtime = hydra_config.job, hydra_config.runtime
        with open_dict(hydra_config):
            runtime.choices.update(known_choices)
            for name in job.env_copy:
                job.env_set[name] = os.environ[name]
        runtime.version = hydra.__version__
        runtime.version_base = hydra.version.getbase()
        runtime.cwd = os.getcwd()
        runtime.config_sources = [
            ConfigSourceInfo(path=item.path, schema=item.scheme(), provider=item.provider)
            for item in repository.get_sources()
        ]
        if "name" not in job:
            job.name = _hydra.job_name()
        form = job.config.override_dirname
        job.override_dirname = _hydra.overrides_dirname(
            of_app, form.exclude_keys, form.item_sep, form.kv_sep
        )
        job.config_name = config_name

    def _parse_overrides_and_create_caching_repo(
        self, config_name: str | None, overrides: list[str]
    ) -> tuple[list[Override], Any]:
        parsed = [copy.copy(parse(line)) for line in overrides]
        repository = _hydra.new_repository(self.repository)
        self._process_config_searchpath(config_name, parsed, repository)
        return parsed, repository

    def _compose_config_from_defaults_list(self, defaults: Any, repo: Any) -> DictConfig:
        self._composed_from = _hydra.ComposedFrom(defaults, repo)
        merge = super()._compose_config_from_defaults_list
        length = length_of_hydra_part(defaults)
        part = hydra_part(
            defaults[:length], repo, lambda: merge(defaults=defaults[:length], repo=repo)
        )
        if part is None:
            return merge(defaults=defaults, repo=repo)
        self._part = (defaults[0], part.config)
        try:
            config = merge(defaults=[defaults[0], *defaults[length:]], repo=repo)
        finally:
            self._part = None
        for form in part.clock:
            _resolvers.call_resolver(config, "now", form)
        return config

    def _load_single_config(self, default: Any, repo: Any) -> Any:
        if self._part is not None and default is self._part[0]:
            return ConfigResult(provider="hydra", path="", config=self._part[1], header={})
        return super()._load_single_config(default=default, repo=repo)
