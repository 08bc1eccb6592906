"""One choice of config groups, composed by Hydra, and what value overrides make of it.

The overrides are applied by Hydra's own function, to a copy; what they changed is kept as grafts, so
that the config of a job is a copy of the composed one with the grafts put in.

This module must not know who asks for jobs or how they run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hydra.core.override_parser.types import Override, OverrideType, QuotedString
from omegaconf import DictConfig

from zenrun import _hydra, _nodes, _resolvers
from zenrun._nodes import Path

_SCALARS = frozenset({bool, int, float, str})


class NotSureError(Exception):
    """It is not certain that the fast way gives what Hydra gives. Says why; Hydra is asked then."""


class Graft(NamedTuple):
    """What a job's overrides changed at one place.

    Attributes:
        path: The keys that lead there.
        node: The node that stands there now, which is copied where it is put in; None where the
            key was deleted.
    """

    path: Path
    node: Any


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """What a composed config was read from, as it was then.

    Attributes:
        stored: Each config's place in the ConfigStore, and the entry that was there.
        files: Each file that was looked for, and its state; None where there was none.
    """

    stored: tuple[tuple[str, Any], ...]
    files: tuple[tuple[str, tuple[int, int, int] | None], ...]


class Composition:
    """A config as Hydra composed it, before the value overrides of a job.

    Args:
        config: What Hydra composed. Nothing else may use it.
        fingerprint: What it was read from.
    """

    def __init__(self, config: DictConfig, fingerprint: Fingerprint) -> None:
        # What resolvers gave is each job's own; a copy that has none of it is made faster.
        _resolvers.set_resolver_cache(config, {})
        self.config = config
        self.fingerprint = fingerprint
        self._leaves: dict[str, tuple[Path, Any]] = {}
        self._scratch: DictConfig | None = None
        hydra = _nodes.child(config, ("hydra",))
        if not _nodes.is_plain_mapping(hydra):
            msg = "hydra is no plain mapping"
            raise NotSureError(msg)
        self.dirname_form = _dirname_form(hydra)
        self.overrides_item = _overrides_item(hydra)
        if list(_nodes.leaves(_nodes.child(hydra, ("job", "env_copy")))):
            msg = "hydra.job.env_copy reads the environment anew for each job"
            raise NotSureError(msg)

    def bare(self) -> tuple[DictConfig, Fingerprint]:
        """Give what another process can make it of, without what it was read from."""
        return self.config, Fingerprint((), ())

    def dirname(self, overrides: Sequence[Override]) -> str:
        """Give ``hydra.job.override_dirname``.

        Args:
            overrides: All overrides of a job.
        """
        exclude_keys, item_sep, kv_sep = self.dirname_form
        special = "=" in kv_sep or "\\" in kv_sep
        if not special and not any(item.key_or_group in exclude_keys for item in overrides):
            lines = sorted([item.input_line or "" for item in overrides])
            return item_sep.join(lines).replace("=", kv_sep)
        return _hydra.overrides_dirname(overrides, exclude_keys, item_sep, kv_sep)

    def grafts(self, overrides: Sequence[Override]) -> tuple[Graft, ...]:
        """Apply value overrides.

        Args:
            overrides: The overrides, none of Hydra's own config and none of a config group.

        Returns:
            What they change.

        Raises:
            NotSureError: They may be wrong, or do what only Hydra is sure of.
        """
        quick: dict[Path, Graft] = {}
        for override in overrides:
            graft = self._set_leaf(override)
            if graft is None or graft.path in quick:
                return self._applied(overrides)
            quick[graft.path] = graft
        return tuple(quick.values())

    def _set_leaf(self, override: Override) -> Graft | None:
        """Apply an override that sets one leaf that is there, the commonest kind."""
        value = override._value  # noqa: SLF001 - value() would convert it
        if type(value) is QuotedString:
            value = value.text
        if type(value) not in _SCALARS or override.type is OverrideType.DEL:
            return None
        if override.type is OverrideType.ADD:
            return None
        key = override.key_or_group
        known = self._leaves.get(key)
        if known is None:
            path = tuple(key.split("."))
            parent = _nodes.child(self.config, path[:-1])
            if not _nodes.is_plain_mapping(parent) or not _nodes.takes_text_keys(parent):
                return None
            leaf = _nodes.settable_leaf(parent, path[-1])
            if leaf is None:
                return None
            known = self._leaves[key] = (path, leaf)
        try:
            return Graft(known[0], _nodes.with_value(known[1], value))
        except Exception:
            return None

    def _applied(self, overrides: Sequence[Override]) -> tuple[Graft, ...]:
        """Have Hydra apply overrides of any kind, to a copy that is put back afterwards."""
        if self._scratch is None:
            self._scratch = _nodes.clone(self.config)
        root = self._scratch
        before: list[tuple[dict[str, Any], dict[str, Any]]] = []
        touched: dict[Path, None] = {}
        deleted: set[Path] = set()
        try:
            for override in overrides:
                path = _changed_place(root, override)
                _refuse_second_use(path, deleted, touched, override)
                if not any(path[: len(other)] == other for other in touched):
                    parent = _nodes.child(root, path[:-1])
                    content = _nodes.content_of(parent)
                    before.append((content, dict(content)))
                    if path[-1] in content:
                        content[path[-1]] = _nodes.clone(content[path[-1]], parent)
                    touched[path] = None
                try:
                    _hydra.apply_overrides([override], root)
                except Exception as error:
                    self._scratch = None
                    msg = f"Hydra refuses {override.input_line!r}"
                    raise NotSureError(msg) from error
            return tuple(Graft(path, _nodes.child(root, path)) for path in _outermost(touched))
        finally:
            for content, original in reversed(before):
                content.clear()
                content.update(original)


def _dirname_form(hydra: Any) -> tuple[list[str], str, str]:
    """Read how ``hydra.job.override_dirname`` is put together."""
    form = _nodes.child(hydra, ("job", "config", "override_dirname"))
    exclude_keys = _nodes.plain_list(_nodes.child(form, ("exclude_keys",)))
    separators = [_nodes.child(form, (name,)) for name in ("item_sep", "kv_sep")]
    texts = [_nodes.raw_value(item) for item in separators if item is not None]
    plain = all(
        isinstance(item, str) and "${" not in item for item in [*texts, *(exclude_keys or [])]
    )
    if exclude_keys is None or len(texts) != len(separators) or not plain:
        msg = "hydra.job.config.override_dirname is not written out"
        raise NotSureError(msg)
    return exclude_keys, texts[0], texts[1]


def _overrides_item(hydra: Any) -> Any:
    """Give an item as OmegaConf makes it in the lists of ``hydra.overrides``."""
    overrides = _nodes.clone(_nodes.child(hydra, ("overrides", "task")))
    overrides.append("an override")
    return _nodes.content_of(overrides)[-1]


def _changed_place(root: Any, override: Override) -> Path:
    """Find the place below which an override changes the config, and nothing beside it."""
    keys = override.key_or_group.split(".")
    node = root
    for depth, key in enumerate(keys):
        if not _nodes.is_plain_mapping(node) or not _nodes.takes_text_keys(node) or not key:
            msg = f"{override.input_line!r} leads through something else than plain mappings"
            raise NotSureError(msg)
        if "[" in key or "]" in key:
            msg = f"{override.input_line!r} has brackets in its key"
            raise NotSureError(msg)
        node = _nodes.child(node, (key,))
        if node is None:
            return tuple(keys[: depth + 1])
    if any(isinstance(value, str) and "${" in value for value in _nodes.leaves(node)):
        simple = type(override.value()) in _SCALARS and override.type is OverrideType.CHANGE
        if not simple:
            msg = f"{override.input_line!r} meets an interpolation"
            raise NotSureError(msg)
    return tuple(keys)


def _refuse_second_use(
    path: Path, deleted: set[Path], touched: dict[Path, None], override: Override
) -> None:
    """What is deleted and made again stands in another order: that is Hydra's to say."""
    if any(path[: len(other)] == other or other[: len(path)] == path for other in deleted):
        msg = f"{override.input_line!r} comes back to a deleted key"
        raise NotSureError(msg)
    if override.is_delete():
        if any(other[: len(path)] == path or path[: len(other)] == other for other in touched):
            msg = f"{override.input_line!r} deletes what another override sets"
            raise NotSureError(msg)
        deleted.add(path)


def _outermost(paths: dict[Path, None]) -> list[Path]:
    """Leave out the places that lie below another one."""
    return [path for path in paths if not any(path[:end] in paths for end in range(1, len(path)))]


def graft_onto(root: DictConfig, grafts: Sequence[Graft]) -> None:
    """Put into a copy of a composed config what a job's overrides change.

    Args:
        root: The copy.
        grafts: The changes.
    """
    for path, node in grafts:
        parent = _nodes.child(root, path[:-1])
        if node is None:
            _nodes.take(parent, path[-1])
        else:
            _nodes.put(parent, path[-1], _nodes.clone(node))


@contextlib.contextmanager
def grafted(root: DictConfig, grafts: Sequence[Graft]) -> Iterator[None]:
    """Have a job's changes in a config for a while, without a copy.

    Args:
        root: The config.
        grafts: The changes.
    """
    before = []
    try:
        for path, node in grafts:
            parent = _nodes.child(root, path[:-1])
            content = _nodes.content_of(parent)
            before.append((content, dict(content)))
            if node is None:
                _nodes.take(parent, path[-1])
            else:
                _nodes.put(parent, path[-1], node)
        yield
    finally:
        for content, original in reversed(before):
            content.clear()
            content.update(original)
