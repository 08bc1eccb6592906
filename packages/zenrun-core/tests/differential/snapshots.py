"""What can be seen of a config, a job and an error, as plain values that can be compared.

This module must not know who ran the job.
"""

from __future__ import annotations

import copy
import dataclasses
import logging
import os
import pickle
import re
import traceback
from pathlib import Path

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn, JobRuntime
from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.base import Node, UnionNode
from omegaconf.basecontainer import BaseContainer

from zenrun.results._job_table import JobList

HERE = Path(__file__).resolve().parent

# What pytest changes on its way.
_TESTS_OWN = {"PYTEST_CURRENT_TEST"}
# What differs between two runs of the same thing: the moment, how long it took, and addresses.
_CLOCKS = [
    (re.compile(r"\d{4}-\d\d-\d\d([ /_T]\d\d[-:]\d\d[-:]\d\d([,.]\d+)?)?"), "<moment>"),
    (re.compile(r"\b\d\d-\d\d-\d\d\b"), "<time>"),
    (re.compile(r"\bin \d+\.\d+ seconds, [\d.]+ / second"), "in <duration>"),
    (re.compile(r"0x[0-9a-f]{6,}"), "<address>"),
]


def timeless(value):
    """Give a value without what the clock has to do with."""
    if isinstance(value, str):
        for pattern, sign in _CLOCKS:
            value = pattern.sub(sign, value)
        return value
    if isinstance(value, dict):
        return {timeless(key): timeless(item) for key, item in value.items()}
    if type(value) in {list, tuple}:
        return type(value)(timeless(item) for item in value)
    return value


def differences(ours, theirs, path=""):
    """List where two values differ, types and the order of dicts counted."""
    if type(ours) is not type(theirs):
        return [_told(path, ours, theirs)]
    if isinstance(ours, dict):
        if list(ours) != list(theirs):
            return [_told(f"the keys of {path}", list(ours), list(theirs))]
        return [x for key in ours for x in differences(ours[key], theirs[key], f"{path}.{key}")]
    if isinstance(ours, (list, tuple)):
        if len(ours) != len(theirs):
            return [_told(path, ours, theirs)]
        pairs = enumerate(zip(ours, theirs, strict=True))
        return [x for place, pair in pairs for x in differences(*pair, f"{path}[{place}]")]
    return [] if ours == theirs else [_told(path, ours, theirs)]


def _told(path, ours, theirs):
    """Say what differs, from a little before the place where it begins to."""
    texts = [str(item) if isinstance(item, str) else repr(item) for item in (ours, theirs)]
    pairs = enumerate(zip(*texts, strict=False))
    begin = max(0, next((place for place, (one, other) in pairs if one != other), 0) - 60)
    return "\n".join(
        [
            path,
            *(
                f"    {who}: ...{text[begin : begin + 300]!r}"
                for who, text in zip(("zenrun", "Hydra "), texts, strict=True)
            ),
        ]
    )


# --- nodes ---------------------------------------------------------------------------------------


def tree(node, parent=None, *, inner=False):
    """Describe a node of a config and everything below it, without resolving anything."""
    if not isinstance(node, Node):
        return repr(node)
    meta = node._metadata
    flags = {key: value for key, value in sorted((meta.flags or {}).items()) if value is not None}
    about = {
        "node": type(node).__name__,
        "key": repr(meta.key),
        "types": repr((meta.ref_type, meta.object_type, meta.optional)),
        "flags": flags,
        "effective flags": [
            node._get_flag(name) for name in ("struct", "readonly", "allow_objects")
        ],
    }
    if inner:
        about["its parent is above it"] = node._get_parent() is parent
    if isinstance(node, (DictConfig, ListConfig)):
        about["element types"] = repr((getattr(meta, "key_type", None), meta.element_type))
        about["cache"] = repr(meta.resolver_cache) if not inner else None
        content = node._content
        if isinstance(content, dict):
            about["content"] = {
                repr(key): tree(item, node, inner=True) for key, item in content.items()
            }
        elif isinstance(content, list):
            about["content"] = [tree(item, node, inner=True) for item in content]
        else:
            about["content"] = repr(content)
    elif isinstance(node, UnionNode):
        content = node._content
        is_node = isinstance(content, Node)
        about["content"] = tree(content, node, inner=True) if is_node else repr(content)
    else:
        about["content"] = repr((type(node._val), node._val))
        about["enum"] = repr(getattr(node, "enum_type", None))
    return about


def resolved(node):
    """Give every value below a node as reading it gives it, errors too."""
    if isinstance(node, (DictConfig, ListConfig)):
        if node._is_none() or node._is_missing():
            return repr(node._content)
        keys = list(node) if isinstance(node, DictConfig) else range(len(node))
        return {repr(key): _read(node, key) for key in keys}
    return repr((type(node), node))


def _read(node, key):
    try:
        return resolved(node[key])
    except Exception as error:
        return error_of(error)


def attempt(function, *args, **kwargs):
    """Give what a function gives, or its error described."""
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error_of(error)


def config_of(cfg):
    """Describe a config in every way that its users have."""
    if not isinstance(cfg, (DictConfig, ListConfig)):
        return repr(cfg)
    return {
        "tree": tree(cfg),
        "yaml": attempt(OmegaConf.to_yaml, cfg),
        "container": repr(attempt(OmegaConf.to_container, cfg)),
        "repr": repr(cfg),
        "struct": OmegaConf.is_struct(cfg),
        "readonly": OmegaConf.is_readonly(cfg),
        "type": repr(OmegaConf.get_type(cfg)),
        "missing": repr(attempt(lambda: sorted(OmegaConf.missing_keys(cfg)))),
        "resolved": resolved(cfg),
        "parent": type(cfg._get_parent()).__name__,
        "cache afterwards": repr(OmegaConf.get_cache(cfg)),
    }


def hydra_config_of(cfg):
    """Describe Hydra's part of a config. Its text is in the files, so that it isn't told again."""
    return {
        "tree": tree(cfg),
        "resolved": resolved(cfg),
        "parent": type(cfg._get_parent()).__name__,
        "cache afterwards": repr(OmegaConf.get_cache(cfg)),
    }


# --- errors and jobs -----------------------------------------------------------------------------


def error_of(error):
    """Describe an error and its causes."""
    chain = []
    seen = set()
    link = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        chain.append((type(link).__qualname__, str(link), repr(link.args)))
        link = link.__cause__
    return chain


def own_frames(error):
    """List the functions of the tests that an error came through."""
    return [
        frame.name
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).parent == HERE and Path(frame.filename).stem != "reference"
    ]


def job_of(job):
    """Describe a JobReturn."""
    fields = {field.name: getattr(job, field.name) for field in dataclasses.fields(JobReturn)}
    again = JobReturn(
        **{name: value for name, value in fields.items() if name in vars(JobReturn())}
    )
    return {
        "class": [isinstance(job, JobReturn), type(job).__qualname__],
        "repr": repr(job),
        "its equal": (job == again, again == job),
        "fields": [field.name for field in dataclasses.fields(job)],
        "overrides": repr((type(job.overrides), job.overrides)),
        "cfg": config_of(job.cfg),
        "hydra_cfg": hydra_config_of(job.hydra_cfg),
        "working_dir": job.working_dir,
        "task_name": job.task_name,
        "status": repr(job.status),
        "value": value_of(job._return_value),
        "copied": tree(copy.deepcopy(job).cfg),
        "pickled": attempt(_pickled, job),
    }


def _pickled(job):
    twin = pickle.loads(pickle.dumps(job))
    return [type(twin).__qualname__, repr(twin), tree(twin.cfg), tree(twin.hydra_cfg)]


def value_of(value):
    """Describe what a run, or a job, gave."""
    if isinstance(value, JobReturn):
        return job_of(value)
    if isinstance(value, JobList):  # it is Hydra's list in all but how it shows itself
        return [value_of(item) for item in value]
    if type(value) in {list, tuple}:
        return type(value)(value_of(item) for item in value)
    if type(value) is dict:
        return {key: value_of(item) for key, item in value.items()}
    if isinstance(value, (DictConfig, ListConfig)):
        return config_of(value)
    if isinstance(value, BaseException):
        return error_of(value)
    return value


# --- everything else that code inside a job can see ------------------------------------------------


def _tree(store):
    """Give what is stored without being seen to look: zenrun forgets what it knows at a look."""
    tree = getattr(store, "tree", None)
    return store.repo if tree is None else tree


def surroundings():
    """Describe what is global, as it is now."""
    table = HydraConfig.instance()
    found = {
        **left_behind(),
        "stored": sorted(_tree(ConfigStore.instance())),
        "resolvers": sorted(BaseContainer._resolvers),
        "runtime": tree(JobRuntime.instance().conf),
        # Of folders `files_of` tells: zenrun makes that of a sweep before the first callback is called.
        "files": sorted(str(path) for path in Path().rglob("*") if _is_hydras_file(path)),
    }
    if GlobalHydra.instance().is_initialized():
        loader = GlobalHydra.instance().config_loader()
        found["search path"] = str(loader.get_search_path())
        found["loader"] = isinstance(loader, ConfigLoaderImpl)
    if table.cfg is not None:
        found["hydra"] = hydra_config_of(table.cfg)
        found["above hydra"] = tree(table.cfg.hydra._get_root())
        found["hydra's parent"] = type(table.cfg.hydra._get_parent()).__name__
    return found


def left_behind():
    """Describe what a run puts back when it ends."""
    return {
        "cwd": os.getcwd(),
        "env": {key: value for key, value in sorted(os.environ.items()) if key not in _TESTS_OWN},
        "initialized": (GlobalHydra.instance().is_initialized(), HydraConfig.initialized()),
        "logging": logging_state(),
    }


def logging_state():
    """Describe the loggers that Hydra configures and tasks use."""
    loggers = [logging.getLogger(name) for name in ("", "hydra", "HYDRA", "task")]
    return [
        (
            logger.name,
            logger.level,
            logger.disabled,
            logger.propagate,
            [_handler(item) for item in logger.handlers],
        )
        for logger in loggers
    ]


def _handler(handler):
    formatter = getattr(handler.formatter, "_fmt", None)
    return (
        type(handler).__name__,
        handler.level,
        formatter,
        getattr(handler, "baseFilename", None),
    )


def _is_hydras_file(path):
    return path.is_file() and ".zenrun" not in path.parts  # the journal, which Hydra has none of


def files_of(folder):
    """Read every file below a folder, and list the folders."""
    return {
        str(path.relative_to(folder)): "folder" if path.is_dir() else path.read_bytes().decode()
        for path in sorted(Path(folder).rglob("*"))
        if ".zenrun" not in path.parts  # the journal, which Hydra has none of
    }
