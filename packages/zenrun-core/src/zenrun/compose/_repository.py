"""What a run reads configs from, where those of Hydra's own package are read once per process.

This module must not know what is composed of them.
"""

from __future__ import annotations

import copy
import functools
import os
from typing import Any

from hydra.core.config_search_path import ConfigSearchPath
from hydra.plugins.config_source import ConfigResult

from zenrun import _hydra, _nodes


class RunRepository(_hydra.HydraConfigRepository):
    """What a run reads configs from, where those of Hydra's own package are read once."""

    def initialize_sources(self, config_search_path: ConfigSearchPath) -> None:
        """Make the sources.

        Args:
            config_search_path: Where to look.
        """
        super().initialize_sources(config_search_path)
        self.sources = [
            _PackagedSource(source.provider, f"pkg://{_PACKAGED}")
            if source.scheme() == "pkg" and source.path == _PACKAGED
            else source
            for source in self.sources
        ]


_PACKAGED = "hydra.conf"


class _PackagedSource(_hydra.HydraPackageSource):
    """Hydra's own yaml files: they are the same for as long as the process lives."""

    def load_config(self, config_path: str) -> ConfigResult:
        read = copy.copy(_packaged_config(self.provider, self._normalize_file_name(config_path)))
        read.config = _nodes.clone(read.config)
        read.header = dict(read.header)
        return read

    def is_config(self, config_path: str) -> bool:
        return _is_packaged(self._normalize_file_name(config_path), is_group=False)

    def is_group(self, config_path: str) -> bool:
        return _is_packaged(config_path, is_group=True)

    def available(self) -> bool:
        return True


@functools.lru_cache(maxsize=256)
def _packaged_config(provider: str, config_path: str) -> ConfigResult:
    return _hydra.HydraPackageSource(provider, f"pkg://{_PACKAGED}").load_config(config_path)


@functools.lru_cache(maxsize=1024)
def _is_packaged(path: str, *, is_group: bool) -> bool:
    source = _hydra.HydraPackageSource("hydra", f"pkg://{_PACKAGED}")
    return source.is_group(path) if is_group else source.is_config(path)


def reads_hydras_own_alone(repository: Any) -> bool:
    """Say whether configs of Hydra's own groups come from its package and the ConfigStore alone.

    Args:
        repository: What configs are read from.
    """
    first, *between, last = repository.get_sources()
    return (
        isinstance(first, _PackagedSource)
        and last.scheme() == "structured"
        and last.provider == "schema"
        and all(
            item.scheme() == "file" and not os.path.isdir(os.path.join(item.path, "hydra"))
            for item in between
        )
    )


def is_hydras_own(repository: Any, config_path: str) -> bool:
    """Say whether a config is read from Hydra's package or from the ConfigStore, not from a file.

    Args:
        repository: What it is read from.
        config_path: Its group and name.
    """
    found = _hydra.find_source(repository, config_path)
    return isinstance(found, _PackagedSource) or (
        found is not None and found.scheme() == "structured" and found.provider == "schema"
    )
