"""A run's HydraConfig, built when somebody reads it: most tasks never do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hydra.core.hydra_config import HydraConfig


class RunHydraConfig(HydraConfig):
    """Hydra's HydraConfig, of which ``cfg`` may be given as a function that builds it."""

    _cfg: Any
    _build: Callable[[], Any] | None

    @classmethod
    def make(cls) -> RunHydraConfig:
        """Make one that is not set."""
        made: RunHydraConfig = object.__new__(cls)  # its metaclass would make it a singleton
        made._cfg = made._build = None
        return made

    @property
    def cfg(self) -> Any:
        """The config with the ``hydra`` node alone, as the running job sees it."""
        if self._build is not None:
            build, self._build = self._build, None
            self._cfg = build()
        return self._cfg

    @cfg.setter
    def cfg(self, value: Any) -> None:
        self._cfg, self._build = value, None

    def __reduce__(self) -> tuple[Any, ...]:
        # Launchers send it to their workers: what arrives is Hydra's own.
        return object.__new__, (HydraConfig,), {"cfg": self.cfg}

    def build_later(self, build: Callable[[], Any]) -> None:
        """Set it to what a function gives, once somebody reads it.

        Args:
            build: The function.
        """
        self._build = build

    def state(self) -> tuple[Any, Any]:
        """Give what it is set to, for `restore`, without building anything."""
        return self._cfg, self._build

    def restore(self, state: tuple[Any, Any]) -> None:
        """Set it to what it was.

        Args:
            state: What `state` gave.
        """
        self._cfg, self._build = state
