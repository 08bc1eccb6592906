"""A run's HydraConfig, built when somebody reads it: most tasks never do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from hydra.core.hydra_config import HydraConfig


class RunHydraConfig(HydraConfig):
    """Hydra's HydraConfig, of which ``cfg`` may be given as a function that builds it."""

    _cfg: Any
    _build: Callable[[], Any] | None
    _building: Any

    @classmethod
    def make(cls) -> RunHydraConfig:
        """Make one that is not set."""
        made: RunHydraConfig = object.__new__(cls)  # its metaclass would make it a singleton
        made._cfg = made._build = None
        made._building = threading.RLock()
        return made

    @property
    def cfg(self) -> Any:
        """The config with the ``hydra`` node alone, as the running job sees it."""
        if self._build is not None:
            with self._building:  # threads of the task get the same one
                build = self._build
                if build is not None:
                    made = build()
                    if self._build is build:  # the job may be over, and another one on
                        self._cfg, self._build = made, None
                    return made
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
