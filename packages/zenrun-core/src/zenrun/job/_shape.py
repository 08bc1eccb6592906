"""What the jobs of one choice of config groups have in common, worked out once.

This module must not know what a job calls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import hydra.version as hydra_version
from omegaconf import DictConfig, OmegaConf

from zenrun import _nodes, _resolvers
from zenrun.compose._composition import Composition, Graft, NotSureError
from zenrun.compose._loader import ResolverCache
from zenrun.job._logging import logging_form
from zenrun.job._text import KnownText
from zenrun.job._yaml import DELETED, YamlTemplate, yaml_template

# The values below ``hydra`` that differ from job to job.
CHANGING = frozenset(
    {"job.num", "job.id", "job.override_dirname", "runtime.output_dir", "runtime.cwd"}
)
_IN_YAML = tuple((*(f"hydra.{path}".split(".")),) for path in sorted(CHANGING))
_NOW = re.compile(r"\$\{now:([%A-Za-z0-9_.-]+)\}")
_TASK_OVERRIDES = ("hydra", "overrides", "task")


class JobShape:
    """The prototypes and templates of jobs.

    Args:
        composition: The composed config.

    Attributes:
        config: The config with its ``hydra`` node read-only, as in a running job. To be copied.
        task_config: The config that the task gets. To be copied.
        hydra_config: The ``hydra`` node alone, as HydraConfig has it. To be copied.
        chdir: Whether the job runs in its output folder.
        subdir: The name of the folder for the yaml files, or None for no files.
        has_env: Whether the job has environment variables of its own.

    Raises:
        NotSureError: A part of Hydra's config is such that only Hydra knows what comes of it.
    """

    def __init__(self, composition: Composition) -> None:
        self.config: DictConfig = _nodes.clone(composition.config)
        hydra = _nodes.child(self.config, ("hydra",))
        self.chdir = _leaf(hydra, "job.chdir", (bool, type(None)))
        if self.chdir is None:
            if not hydra_version.base_at_least("1.2"):
                msg = "hydra.job.chdir is not set, which Hydra warns of"
                raise NotSureError(msg)
            self.chdir = False
        self.subdir: str | None = _leaf(hydra, "output_subdir", (str, type(None)))
        self.has_env = bool(list(_nodes.leaves(_nodes.child(hydra, ("job", "env_set")))))
        self.logging = logging_form(hydra, "job_logging", CHANGING)
        self._paths: dict[str, KnownText] = {}
        self._folder: tuple[str, ResolverCache, str, Any] | None = None
        OmegaConf.set_readonly(hydra, True)
        self.hydra_config: DictConfig = _nodes.alone(self.config, "hydra")
        self.task_config: DictConfig = _nodes.clone(self.config)
        _nodes.take(self.task_config, "hydra")
        self._config_yaml = template_of(self.task_config)
        self._hydra_yaml = template_of(self.hydra_config, blank=(*_IN_YAML, _TASK_OVERRIDES))

    def known_text(self, path: str) -> KnownText:
        """Give a text of Hydra's config, such as ``sweep.subdir``, ready for each job's values.

        Args:
            path: Its path below ``hydra``.

        Raises:
            NotSureError: It has to be resolved in each job's config.
        """
        known = self._paths.get(path)
        if known is None:
            hydra = _nodes.child(self.config, ("hydra",))
            known = KnownText(_leaf(hydra, path, (str,), plain=False), hydra, CHANGING)
            self._paths[path] = known
        return known

    def folder(self, path: str, cache: ResolverCache) -> str:
        """Give what a folder's name resolves to, if it tells nothing but the time.

        Args:
            path: ``"run.dir"`` or ``"sweep.dir"``.
            cache: What resolvers have given so far: the time has been asked for, once.

        Raises:
            NotSureError: It may differ from job to job.
        """
        if self._folder is None or self._folder[:2] != (path, cache):
            hydra = _nodes.child(self.config, ("hydra",))
            text = _leaf(hydra, path, (str,), plain=False)
            asked = cache.get("now", {})
            pieces = _NOW.split(text)
            if not all((form,) in asked for form in pieces[1::2]):
                msg = f"hydra.{path} tells the time of each job"
                raise NotSureError(msg)
            pieces[::2] = [
                str(KnownText(piece, hydra, frozenset()).value({})) for piece in pieces[::2]
            ]
            pieces[1::2] = [str(asked[form,]) for form in pieces[1::2]]
            self._folder = (path, cache, "".join(pieces), _hydras_resolvers())
        if self._folder[3] != _hydras_resolvers():
            msg = "a resolver is another one than before"
            raise NotSureError(msg)
        return self._folder[2]

    def own_hydra_config(self, config: DictConfig) -> DictConfig:
        """Copy what `HydraConfig` holds while a job runs; nothing in it is the job's own yet.

        Args:
            config: The job's config, in which ``hydra`` stands as far as interpolations go.
        """
        made: DictConfig = _nodes.clone(self.hydra_config)
        _nodes.child(made, ("hydra",)).__dict__["_parent"] = config
        return made

    def config_yaml(self, grafts: Sequence[Graft]) -> str | None:
        """Give the text of a job's ``config.yaml``, or None where it has to be written anew.

        Args:
            grafts: What the job's overrides change.
        """
        if self._config_yaml is None:
            return None
        try:
            entries = [
                (path, DELETED if node is None else _nodes.to_plain(node)) for path, node in grafts
            ]
        except _nodes.NotPlainError:
            return None
        return self._config_yaml.with_entries(entries)

    def hydra_yaml(self, known: Mapping[str, Any], task_overrides: Sequence[str]) -> str | None:
        """Give the text of a job's ``hydra.yaml``, or None where it has to be written anew.

        Args:
            known: The job's own values below ``hydra``, by path.
            task_overrides: The job's overrides.
        """
        if self._hydra_yaml is None:
            return None
        entries = [(path, known.get(".".join(path[1:]), "???")) for path in _IN_YAML]
        return self._hydra_yaml.with_entries([*entries, (_TASK_OVERRIDES, list(task_overrides))])


def _hydras_resolvers() -> tuple[Any, ...]:
    return _resolvers.resolver_named("now"), _resolvers.resolver_named("hydra")


def _leaf(hydra: Any, path: str, kinds: tuple[type, ...], *, plain: bool = True) -> Any:
    leaf = _nodes.child(hydra, path.split("."))
    value = _nodes.value_of(leaf)
    resolved = isinstance(value, str) and "${" in value
    if (
        leaf is None
        or "_val" not in leaf.__dict__
        or type(value) not in kinds
        or value == "???"
        or (plain and resolved)
    ):
        msg = f"hydra.{path} is resolved in the config of each job"
        raise NotSureError(msg)
    return value


def template_of(config: DictConfig, blank: Sequence[tuple[str, ...]] = ()) -> YamlTemplate | None:
    """Give the template of a config's yaml.

    Args:
        config: The config.
        blank: The paths of entries that every job sets.

    Returns:
        The template, or None where OmegaConf has to write each text.
    """
    try:
        plain = _nodes.to_plain(config)
    except _nodes.NotPlainError:
        return None
    for path in blank:
        _nodes_of_plain(plain, path[:-1])[path[-1]] = "???"
    return yaml_template(plain)


def _nodes_of_plain(plain: Any, path: Sequence[str]) -> Any:
    for key in path:
        plain = plain[key]
    return plain
