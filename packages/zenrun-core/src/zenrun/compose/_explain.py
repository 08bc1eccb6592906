"""Hydra's errors, said so that the mend is in the message.

Each is raised again as one of zenrun's own, which is also of the type that Hydra raised. What
the task function itself raised goes through untouched.

This module must not know how a run is carried out.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Iterator, Sequence

from hydra.core.config_loader import ConfigLoader
from hydra.core.object_type import ObjectType
from hydra.errors import (
    ConfigCompositionException,
    HydraException,
    InstantiationException,
    MissingConfigException,
    OverrideParseException,
)
from hydra.types import RunMode
from omegaconf import DictConfig
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException

from zenrun import _nodes
from zenrun._nearest import did_you_mean
from zenrun.compose._blame import (
    about_missing_value,
    about_output_dir,
    failed_write,
    hides_interrupt,
    is_from_a_job,
    missing_value,
)
from zenrun.compose._syntax import syntax_error_column
from zenrun.errors import (
    ComposeError,
    GroupOptionError,
    MissingExtraError,
    OverrideSyntaxError,
    OverrideValueError,
    UnknownOverrideError,
    ZenrunError,
)

_NO_SUCH_KEY = re.compile(r"Could not override '([^']*)'")
_NO_SUCH_GROUP = re.compile(r"config group '([^']*)' does not\s+exist")
_NOTHING_TO_DELETE = re.compile(r"Could not delete from config\. '([^']*)'\s+does not exist")
_OTHER_VALUE = re.compile(r"Could not delete from config\. The value of '([^']*)' is")
_BAD_VALUE = re.compile(r"Error merging override (.*)", re.DOTALL)
_SWEEP = re.compile(
    r"Ambiguous value for argument '(.*?)'\n1\.|Sweep parameters '(.*?)' requires --multirun",
    re.DOTALL,
)
_NO_SUCH_SWEEP = re.compile(r"(\w+) does not support sweep type : (\w+)")
_GROUP_WANTS_NAME = "Config group override must be a string or a list"
_NO_OPTION = re.compile(r"Could not find '([^']*)/([^'/]*)'")


@contextlib.contextmanager
def explained(
    loader: ConfigLoader, config_name: str, node: DictConfig, overrides: Sequence[str]
) -> Iterator[None]:
    """Raise the errors of composing and of writing folders as zenrun's own.

    Args:
        loader: What the run composes with.
        config_name: The name of the run's config.
        node: The run's config.
        overrides: The run's overrides.

    Raises:
        ComposeError: In place of Hydra's error about the config or the overrides.
        OutputDirError: In place of the system's error about a folder that Hydra writes.
        MissingExtraError: In place of Hydra's error about a callback that needs it.
        KeyboardInterrupt: In place of an error of cleaning up after one.
    """
    try:
        with _interrupts_shown():
            yield
    except ZenrunError:
        raise
    except (OverrideParseException, ConfigCompositionException) as error:
        if is_from_a_job(error):
            raise
        raise _Explainer(loader, config_name, overrides).composing(error) from error
    except (MissingMandatoryValue, InstantiationException) as error:
        lacks = error.__cause__
        if isinstance(lacks, MissingExtraError) and not is_from_a_job(error):
            raise MissingExtraError(lacks.extra, lacks.package, lacks.what_for, lacks.of) from error
        missing = missing_value(error, node)
        if missing is None:
            raise
        raise about_missing_value(error, missing) from error
    except HydraException as error:
        unknown_sweep = _NO_SUCH_SWEEP.search(str(error))
        if unknown_sweep is None or is_from_a_job(error):
            raise
        sweeper, kind = unknown_sweep.groups()
        raise _about_unknown_sweep(sweeper, kind, overrides) from error
    except (OSError, ValueError) as error:
        if str(error).startswith(_GROUP_WANTS_NAME) and not is_from_a_job(error):
            raise _about_group_choice(error, overrides) from error
        failed = failed_write(error)
        if failed is None:
            raise
        raise about_output_dir(failed) from error


@contextlib.contextmanager
def _interrupts_shown() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if hides_interrupt(error):
            raise KeyboardInterrupt from error
        raise


class _Explainer:
    def __init__(self, loader: ConfigLoader, config_name: str, overrides: Sequence[str]) -> None:
        self.loader = loader
        self.config_name = config_name
        self.overrides = overrides

    def composing(self, error: Exception) -> ComposeError:
        if isinstance(error, OverrideParseException):
            return self._syntax(error)
        text = str(error)
        if isinstance(error, MissingConfigException):
            return self._missing_config(error, text)
        for pattern in (_NO_SUCH_KEY, _NO_SUCH_GROUP, _NOTHING_TO_DELETE):
            found = pattern.search(text)
            if found:
                return self._unknown(found.group(1), error)
        if _OTHER_VALUE.search(text):
            return OverrideValueError(text)
        sweep = _SWEEP.search(text)
        if sweep:
            return _about_sweep_in_one_job(sweep.group(1) or sweep.group(2))
        cause = error.__cause__
        bad_value = _BAD_VALUE.search(text)
        if bad_value and isinstance(cause, OmegaConfBaseException):
            msg = (
                f"The override {bad_value.group(1)!r} gives a value that its place in the config "
                f"does not take: {_first_line(cause)}"
            )
            if cause.full_key:
                msg += f"\n    config path: {cause.full_key}"
            return OverrideValueError(msg)
        if cause is not None and str(cause) not in text:
            text = f"{text}\n{cause}"
        return ComposeError(text)

    def _syntax(self, error: OverrideParseException) -> OverrideSyntaxError:
        override = error.override
        column = syntax_error_column(override)
        said = str(error.message).split("\nSee http")[0]
        lines = [f"The override {override!r} does not follow Hydra's grammar"]
        if column is not None:
            lines[0] += f", from character {column + 1} on"
            lines += [f"    {override}", "    " + " " * column + "^"]
        if not said.startswith("LexerNoViableAlt"):
            lines.append(f"Hydra says: {said}")
        lines.append(
            "An override is key=value, +key=value, ++key=value or ~key; text with signs such as "
            "commas, braces or spaces goes in quotes (key='a, b'), or give Python values in a dict: "
            "overrides={'key': 'a, b'}\n"
            "See https://hydra.cc/docs/advanced/override_grammar/basic"
        )
        return OverrideSyntaxError(override, "\n".join(lines), column)

    def _missing_config(self, error: MissingConfigException, text: str) -> ComposeError:
        found = _NO_OPTION.search(text)
        options = list(error.options or [])
        if not found:
            return GroupOptionError(text, error.missing_cfg_file, options)
        group, option = found.groups()
        if _waits_in_store(group, option):
            msg = (
                f"The config group {group!r} has no option {option!r}: zenrun.store has it, and has not "
                "added it to Hydra's ConfigStore. Call store.add_to_hydra_store() before the run"
            )
            return GroupOptionError(msg, error.missing_cfg_file, options)
        options = options or self._options(group)
        msg = f"The config group {group!r} has no option {option!r}{did_you_mean(option, options)}"
        if options:
            msg += f". It has {', '.join(options)}"
        else:
            groups = self._groups()
            msg = f"There is no config group {group!r}, so no option {option!r} of it"
            msg += f". The config groups are {', '.join(groups)}" if groups else ""
        msg += (
            ". Options come from the ConfigStore (store them before the run) and from the yaml "
            "files of config_dir"
        )
        return GroupOptionError(msg, error.missing_cfg_file, options)

    def _unknown(self, key: str, error: Exception) -> UnknownOverrideError:
        keys, groups = self._keys(of_hydra=key.startswith("hydra.")), self._groups()
        override = next((item for item in self.overrides if _key_of(item) == key), key)
        says = f"Hydra says: {_first_line(error)}"
        group = key.partition("@")[0]
        if group not in groups and _waits_in_store(group):
            msg = (
                f"The override {override!r} names {group!r}, a group of zenrun.store that has not been "
                f"added to Hydra's ConfigStore. Call store.add_to_hydra_store() before the run\n{says}"
            )
            return UnknownOverrideError(msg, key)
        if group in groups and not override.startswith("+"):
            msg = (
                f"The override {override!r} chooses an option of the config group {group!r}, which "
                f"the config's defaults list does not name. To add it write +{override}\n{says}"
            )
            return UnknownOverrideError(msg, key)
        if key in keys and isinstance(error.__cause__, OmegaConfBaseException):
            return self._unknown_inside(key, override, error.__cause__)
        near = difflib.get_close_matches(key, [*keys, *groups], n=3, cutoff=0.6)
        # The right name at the wrong depth: lr for optim.lr.
        last = key.rpartition(".")[2]
        near += [item for item in keys if item.rpartition(".")[2] == last and item not in near][:3]
        msg = f"The override {override!r} names {key!r}, which the config does not have"
        if near:
            msg += f". The nearest there: {', '.join(near)}"
        elif keys:
            shown = [item for item in keys if "." not in item] or keys
            msg += f". It has {', '.join(shown[:20])}" + (", ..." if len(shown) > 20 else "")
        if not override.startswith(("~", "+")):
            msg += f". To add it as a new key write +{override}"
        return UnknownOverrideError(f"{msg}\n{says}", key, near)

    def _unknown_inside(
        self, key: str, override: str, cause: OmegaConfBaseException
    ) -> UnknownOverrideError:
        inside = str(cause.full_key or key)
        msg = (
            f"The override {override!r} gives {key!r} something that it does not have: {inside}. To "
            f"add new keys to it write ++{override.lstrip('+')}\nHydra says: {_first_line(cause)}"
        )
        return UnknownOverrideError(msg, inside)

    def _keys(self, *, of_hydra: bool) -> list[str]:
        """List the paths of the config as it is with the group choices, without the values."""
        for overrides in ([item for item in self.overrides if "/" in _key_of(item)], []):
            with contextlib.suppress(Exception):
                cfg = self.loader.load_configuration(
                    config_name=self.config_name,
                    overrides=overrides,
                    run_mode=RunMode.MULTIRUN,
                    from_shell=False,
                    validate_sweep_overrides=False,
                )
                return [
                    item
                    for item in _nodes.config_paths(cfg)
                    if item.startswith("hydra.") == of_hydra
                ]
        return []

    def _groups(self) -> list[str]:
        with contextlib.suppress(Exception):
            return [item for item in self.loader.list_groups("") if item != "hydra"]
        return []

    def _options(self, group: str) -> list[str]:
        with contextlib.suppress(Exception):
            return list(self.loader.get_group_options(group, ObjectType.CONFIG))
        return []


def _waits_in_store(group: str, option: str | None = None) -> bool:
    """Say whether zenrun's own store has an option that it was not told to add to Hydra's."""
    from zenrun._store import store
    from zenrun._store._reading import waits_for_hydra

    return waits_for_hydra(store, group, option)


def _key_of(override: str) -> str:
    return override.lstrip("+~").split("=")[0].split("@")[0]


def _first_line(error: BaseException) -> str:
    return str(error).split("\n")[0]


def _about_sweep_in_one_job(override: str) -> OverrideSyntaxError:
    key = override.partition("=")[0]
    msg = (
        f"The override {override!r} gives several values, and hydra_run runs one job. To run a job "
        f"for each, call hydra_multirun, or launch with multirun=True; for one list, write {key}=[...]; for text with commas, "
        f"write {key}='...' or give it in a dict: overrides={{{key!r}: ...}}"
    )
    return OverrideSyntaxError(override, msg)


def _about_unknown_sweep(sweeper: str, kind: str, overrides: Sequence[str]) -> ComposeError:
    msg = (
        f"The sweeper {sweeper} cannot sweep over {kind.removesuffix('_SWEEP').lower()}s, which the "
        f"overrides {list(overrides)!r} ask for. Choose one that can, such as "
        "hydra/sweeper=random_search (pip install zenrun-sweepers), or list the values: x=1,2,3"
    )
    return ComposeError(msg)


def _about_group_choice(error: Exception, overrides: Sequence[str]) -> OverrideValueError:
    msg = (
        f"A config group takes the name of an option, or a list of names, and one of the overrides "
        f"{list(overrides)!r} gives something else: {error}"
    )
    return OverrideValueError(msg)
