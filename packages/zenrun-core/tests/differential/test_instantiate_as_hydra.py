"""`instantiate` gives what Hydra's gives: results, calls, what targets see, warnings and errors.

There are 100 examples for each of the two properties, and 2000 with ZENRUN_HYPOTHESIS=nightly.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import sys
import warnings
from dataclasses import field, is_dataclass, make_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Optional

import hydra.errors
import hydra.utils
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from omegaconf import Container, DictConfig, Node, OmegaConf
from snapshots import timeless

from zenrun import instantiate

CALLS: list[Any] = []


class Color(Enum):
    RED = 1


class Thing:
    """What most targets make: it keeps what it was given."""

    def __init__(self, *args, **kwargs):
        CALLS.append(("Thing", seen(args), seen(kwargs)))
        self.args = args
        self.kwargs = kwargs


class Patched(Thing):
    """A target that tests change."""


class Tool(Thing):
    """An object that can be called."""

    def __call__(self):
        return 1


def record(*args, **kwargs):
    CALLS.append(("record", seen(args), seen(kwargs)))
    return args, kwargs


def give_dict(**kwargs):
    CALLS.append(("give_dict", seen(kwargs)))
    return {"given": [1, {"x": 2}]}


def give_list(*args, **_):
    return [1, *args, {"x": 2}]


def give_config(**_):
    return OmegaConf.create({"given": {"x": 1}, "y": "${given.x}"})


def give_partial(**_):
    return functools.partial(record, 1)


def give_type(**_):
    return Thing


def give_text(**_):
    return "${v}"


def give_missing(**_):
    return "???"


def give_none(**_):
    return None


def give_dataclass(**_):
    return Plain(x=5)


def fail(*_, **__):
    CALLS.append("fail")
    msg = "from inside"
    raise ValueError(msg)


Plain = make_dataclass("Plain", [("x", int, 1), ("y", Any, None)])
NO_CALLABLE = 3
HERE = __name__
TARGETS = st.sampled_from(
    [f"{HERE}.{name}" for name in ("Thing", "record", "Thing", "Thing", "Tool", "give_dict")]
    + [
        f"{HERE}.{name}"
        for name in (
            "give_list",
            "give_config",
            "give_partial",
            "give_type",
            "give_text",
            "give_missing",
            "give_none",
            "give_dataclass",
            "fail",
            "NO_CALLABLE",
            "nowhere",
            "Thing.nowhere",
        )
    ]
    + ["builtins.dict", "builtins.list", "builtins.len", "functools.partial", "os.system"]
    + ["builtins.eval", "zenrun.funcs.get_obj", "hydra.utils.get_class", "", "no_module.x", "a..b"]
)
INTERPOLATIONS = st.sampled_from(
    [
        "${v}",
        "${.a}",
        "${..a}",
        "${a}",
        "${outer.x}",
        "${v}/${outer.x}",
        "<${..b}>",
        "${nowhere}",
        "${outer}",
        "${outer.list}",
        "${outer.list.0}",
        "${outer.inner.deep}",
        "${outer.again}",
        "${outer.lazy}",
        "${node.a}",
        "${node}",
        "${outer.thing}",
        "${res:1}",
        "${outer.res}",
        "${outer.missing}",
        "${null}",
        r"\${v}",
        "${",
        "${outer.list[0]}",
        "${v }",
    ]
)
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.5, float("inf"), "", "text", "a.b", "1", b"x", Color.RED, Path("p/q")]),
)
KEYS = st.sampled_from(["a", "b", "c", "path", "d-e"])
MODES = st.fixed_dictionaries(
    {},
    optional={
        "_convert_": st.sampled_from(
            ["none", "partial", "object"] * 3 + ["all", "ALL", "all", "odd", None]
        ),
        "_recursive_": st.sampled_from([True, False] * 6 + [None]),
        "_partial_": st.sampled_from([True, True, False] * 5 + [None]),
    },
)


def leaves(*, interpolations, missing):
    return st.one_of(
        PLAIN,
        PLAIN,
        PLAIN,
        *([INTERPOLATIONS] if interpolations else []),
        *([st.just("???")] if missing else []),
    )


def nested(inner):
    """Give dicts, dicts with targets, and lists of what is there."""
    dicts = st.dictionaries(KEYS, inner, max_size=3)
    called = st.builds(
        lambda target, modes, args, items: {
            "_target_": target,
            **(modes or {}),
            **({"_args_": args} if args is not None else {}),
            **items,
        },
        TARGETS,
        st.none() | st.none() | MODES,
        st.none() | st.none() | st.lists(inner, max_size=2),
        dicts,
    )
    plain = st.builds(lambda modes, items: {**(modes or {}), **items}, st.none() | MODES, dicts)
    return called | called | called | dicts | plain | st.lists(inner, max_size=3)


@st.composite
def configs(draw):
    """Give what configs are made from, and how."""
    special = draw(st.sampled_from([(False, False)] * 3 + [(True, False)] * 3 + [(True, True)]))
    inner = st.recursive(
        leaves(interpolations=special[0], missing=special[1]), nested, max_leaves=8
    )
    return draw(nested(inner))


class AsDataclass:
    """How a dict of a config becomes a dataclass: hints, type or instance, factories."""

    def __init__(self, hints, instances):
        self.hints = hints
        self.instances = instances

    def of(self, value):
        if isinstance(value, list):
            return [self.of(item) for item in value]
        if not isinstance(value, dict) or not all(key.isidentifier() for key in value):
            return value
        fields = []
        for key, item in value.items():
            made = self.of(item)
            if isinstance(made, (list, dict)) or (is_dataclass(made) and not callable(made)):
                default = field(default_factory=functools.partial(copy.deepcopy, made))
            else:
                default = made
            fields.append((key, self.hint(key, item), default))
        cls = make_dataclass("Made", fields)
        return cls() if self.instances else cls

    def hint(self, key, value):
        if not self.hints or key == "_args_":
            return Any
        kind = type(value)
        if kind in {dict, list}:
            return {"any": Any, "typed": kind}.get(self.hints, Any) if kind is list else Any
        if kind is type(None):
            return Optional[int]  # noqa: UP045 - OmegaConf 2.2 does not know X | None
        if kind is str and ("${" in value or value == "???"):
            return int
        return kind if kind in {bool, int, float, str, bytes, Color} else Any


FORMS = st.sampled_from(
    (
        "dict",
        *("node", "node", "node", "root", "struct", "readonly", "inner readonly", "child"),
        *("type", "instance", "typed type", "typed instance", "in dataclass"),
    )
)


def built(form, content):
    """Give the config in one of its forms, anew."""
    content = copy.deepcopy(content)
    if form == "dict":
        return content
    if "type" in form or "instance" in form or form == "in dataclass":
        hints = "typed" if "typed" in form else None
        made = AsDataclass(hints, instances="type" not in form.replace("typed", "")).of(content)
        if form == "in dataclass":
            return {"a": 1, "held": made}
        return made
    if form == "root":
        return OmegaConf.create(content)
    whole = OmegaConf.create(
        {
            "v": 3,
            "outer": {
                "x": "y",
                "list": [1, "two"],
                "inner": {"deep": {"x": 1}},
                "again": "${v}",
                "lazy": {"x": "${v}"},
                "thing": {"_target_": f"{HERE}.Thing", "a": 1},
                "res": "${res:2}",
                "missing": "???",
            },
            "a": 7,
            "node": {},
        }
    )
    whole.node = content
    node = whole.node
    if form == "struct":
        OmegaConf.set_struct(whole, True)
    if form == "readonly":
        OmegaConf.set_readonly(whole, True)
    if form == "inner readonly":
        for key in node if isinstance(node, DictConfig) else ():
            child = node._get_node(key)
            if isinstance(child, Container):
                OmegaConf.set_readonly(child, True)
                OmegaConf.set_struct(child, True)
    if form == "child" and isinstance(node, DictConfig):
        OmegaConf.set_struct(node, True)
        return {"_target_": f"{HERE}.Thing", "a": node}
    return node


def seen(value, *, parents=True):
    """Describe a value with all that can be told from it, so that two of them can be compared."""
    if isinstance(value, Node):
        metadata = {
            key: item
            for key, item in vars(value._metadata).items()
            if key not in {"resolver_cache", "object_type"}
        }
        kind = value._metadata.object_type
        content = value.__dict__["_content"] if isinstance(value, Container) else value._val
        flags = {flag: value._get_flag(flag) for flag in ("struct", "readonly", "allow_objects")}
        told = [type(value), repr(metadata), getattr(kind, "__name__", kind), flags]
        if parents:
            chain, parent = [], value._get_parent()
            while parent is not None:
                chain.append(seen(parent, parents=False))
                parent = parent._get_parent()
            told.append(chain)
        if isinstance(content, dict):
            told.append([child._get_parent() is value for child in content.values()])
            content = {key: seen(child, parents=False) for key, child in content.items()}
        elif isinstance(content, list):
            told.append([child._get_parent() is value for child in content])
            content = [seen(child, parents=False) for child in content]
        else:
            content = seen(content)
        return [*told, content]
    if isinstance(value, dict):
        return [type(value), [(key, seen(item)) for key, item in value.items()]]
    if isinstance(value, (list, tuple)):
        return [type(value), [seen(item) for item in value]]
    if isinstance(value, Thing):
        return [type(value), seen(value.args), seen(value.kwargs)]
    if isinstance(value, functools.partial):
        told = {
            key: item
            for key, item in vars(value).items()
            if key in {"_hydra_full_key", "_hydra_resolved_from", "_hydra_execution_whitelist"}
        }
        return [type(value), value.func, seen(value.args), seen(value.keywords), told]
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, seen(vars(value))]
    if type(value).__repr__ is object.__repr__:
        return type(value)
    return [type(value), repr(value)]


def failure(error, above=()):
    """Describe an error and what it came from. With OmegaConf 2.2 that may be the error itself."""
    if error is None or error in above:
        return None
    return [
        type(error),
        timeless(str(error)),
        getattr(error, "full_key", None),
        getattr(error, "__notes__", None),
        failure(error.__cause__, (*above, error)),
        type(error.__context__),
    ]


def outcome(function, form, content, args, kwargs):
    """Carry out one side, and tell everything that can be seen of it."""
    CALLS.clear()
    resolved = []
    OmegaConf.register_new_resolver(
        "res", lambda item: resolved.append(item) or item, replace=True, use_cache=False
    )
    try:
        config = built(form, content)
    except Exception as error:  # no config can be made of it: nothing to compare
        return type(error)
    result, error = None, None
    args, kwargs = copy.deepcopy(args), copy.deepcopy(kwargs)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            result = function(config, *args, **kwargs)
        except Exception as raised:
            error = raised
    told = {
        "error": failure(error),
        "result": seen(result),
        "calls": list(CALLS),
        "resolved": resolved,
        "warned": [(item.category, str(item.message)) for item in warned],
        "config": seen(config),
        "given": seen((args, kwargs)),
    }
    if isinstance(result, functools.partial):
        try:
            told["called"] = seen(result(9))
        except Exception as raised:
            told["called"] = failure(raised)
    return told


def assert_as_hydra(form, content, args=(), kwargs=None):
    kwargs = kwargs or {}
    theirs = outcome(hydra.utils.instantiate, form, content, args, kwargs)
    assert outcome(instantiate, form, content, args, kwargs) == theirs
    # What the first call learned of a target makes no difference to the next one.
    assert outcome(instantiate, form, content, args, kwargs) == theirs


def called(name, **items):
    return {"_target_": f"{HERE}.{name}", **items}


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(form=FORMS, content=configs())
def test_instantiate_of_any_config_is_hydras(form, content):
    """Whatever the config is and whatever form it has, all that can be seen is as with Hydra."""
    assert_as_hydra(form, content)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    form=FORMS,
    content=configs().filter(lambda item: isinstance(item, dict)),
    args=st.lists(PLAIN | st.sampled_from([[1], {"a": 1}, OmegaConf.create({"x": 1})]), max_size=1),
    kwargs=st.dictionaries(
        KEYS | st.sampled_from(["_convert_", "_recursive_", "_partial_", "_args_", "_target_"]),
        leaves(interpolations=True, missing=True)
        | st.sampled_from(["all", "none", True, False, f"{HERE}.record"])
        | st.sampled_from([object, Thing, dict, Plain, Plain(x=2), (1, 2), {"a": {"b": 1}}, [1]])
        | st.sampled_from([OmegaConf.create({"x": [1]}), OmegaConf.create([1]), called("Thing")]),
        max_size=3,
    ),
)
def test_instantiate_with_arguments_is_hydras(form, content, args, kwargs):
    """Arguments go over the config's own as with Hydra."""
    assert_as_hydra(form, content, args, kwargs)


# What the generated examples have found once, and what they find too seldom.
FOUND = {
    "index of a list's item": ("typed type", [{}, {}, called("Thing", path="a")], {}),
    "path of a list's item": ("dict", [called("fail"), 1], {}),
    "path in a list": ("node", {"a": [[1, called("Thing", b=[called("fail")])]]}, {}),
    "partials in lists": ("readonly", [called("give_partial")], {}),
    "flags in lists": ("node", [{"b": {}, "c": called("give_dataclass"), "d-e": None}], {}),
    "a mode from a resolver": ("node", called("Thing", b={}), {"_convert_": "${res:1}"}),
    "_recursive_ without a target": ("node", {"_recursive_": False, "a": [], "b": {}}, {}),
    "a config in a plain dict": ("node", {"_convert_": "all", "a": {"_convert_": "none"}}, {}),
    "a part given away": ("node", {"a": called("Thing", _recursive_=False, b={"c": 1})}, {}),
    "a typed keyword argument": ("typed instance", called("Thing", a=1), {"a": "1"}),
    "_args_ that are none": ("instance", called("Thing", a=called("Thing")), {"_args_": None}),
    "_args_ that are a dict": ("node", called("Thing", _args_={"a": 1}), {}),
    "_args_ that a target gives": ("node", called("Thing", _args_=called("give_list")), {}),
    "_args_ read at home": ("dict", called("Thing", _args_=[called("give_text")]), {}),
    "_args_ read at home, in a node": (
        "node",
        {"b": called("Thing", _args_=[1, called("give_text")], a="${v}"), "v": 3},
        {},
    ),
    "_args_ that go missing": ("node", {"b": called("Thing", _args_=[called("give_missing")])}, {}),
    "converted when made": (
        "node",
        called("Thing", _convert_="all", a={"_convert_": "none", "b": called("give_text")}),
        {},
    ),
    "a merged keyword argument": ("node", called("Thing", a={"b": 1}), {"a": {"c": 2}}),
    "an error within": ("node", called("Thing", a=called("record"), b=called("fail")), {}),
    "a refused target": (
        "node",
        called("Thing", a=called("record"), b={"_target_": "os.system"}),
        {},
    ),
    "no target there": ("node", called("Thing", a=called("record"), b=called("nowhere")), {}),
    "a missing value": ("node", called("Thing", a=called("record"), b="???"), {}),
    "a missing value put off": ("node", called("Thing", a=1, b="???", _partial_=True), {}),
    "a resolver": ("node", called("Thing", a="${res:1}", b=called("fail")), {}),
    "a container elsewhere": ("node", called("Thing", a="${outer.inner}", b="${outer.lazy}"), {}),
    "a target elsewhere": ("node", called("Thing", a="${outer.thing}"), {}),
    "objects in containers": (
        "node",
        {"a": [called("Thing"), called("Tool")], "b": called("Tool")},
        {},
    ),
    "odd results": (
        "node",
        [called(name) for name in ("give_text", "give_missing", "give_type", "give_config")][1:],
        {},
    ),
    "a text of special form": ("node", [called("give_text")], {}),
    "object in a list": ("node", called("Thing", a=[called("Thing")], _convert_="object"), {}),
}


@pytest.mark.parametrize(("form", "content", "kwargs"), FOUND.values(), ids=list(FOUND))
def test_instantiate_of_what_was_found_is_hydras(form, content, kwargs):
    """What has once differed from Hydra, or could well do, does not."""
    assert_as_hydra(form, content, (), kwargs)


def test_instantiate_positional_argument_without_target_is_hydras():
    """Positional arguments for a config without a target become what Hydra makes of them."""
    assert_as_hydra("dict", {"_convert_": "object", "b": {"b": True}}, (None,))


@pytest.mark.parametrize("change", ["attribute", "name", "module gone", "environment"])
def test_instantiate_sees_what_has_changed_since_the_last_call(change, monkeypatch):
    """A target that was called before is looked up, and judged, anew each time."""
    content = called("Patched", a=1)
    module = sys.modules[HERE]
    assert_as_hydra("node", content)
    if change == "attribute":
        monkeypatch.setattr(module, "Patched", record)
    elif change == "name":
        monkeypatch.setattr(Patched, "__module__", "os.system")
    elif change == "module gone":
        monkeypatch.delitem(sys.modules, HERE)
        monkeypatch.setattr(sys, "path", [])
    else:
        content = {"_target_": "os.remove", "_args_": ["there is no such file"]}
        assert_as_hydra("node", content)
        monkeypatch.setenv("HYDRA_INSTANTIATE_ALLOWLIST_OVERRIDE", "os.remove")
        assert_as_hydra("node", content)
        monkeypatch.delenv("HYDRA_INSTANTIATE_ALLOWLIST_OVERRIDE")
    assert_as_hydra("node", content)


def test_instantiate_stops_where_hydras_policy_was_changed(monkeypatch):
    """A policy of targets that is not what Hydra shipped is noticed, also after a good call."""
    policy = pytest.importorskip("hydra._internal.target_policy")
    content = called("Thing", a=1)
    assert_as_hydra("node", content)
    monkeypatch.setattr(policy, "DEFAULT_BLOCKLISTED_MODULES", frozenset())

    with pytest.raises(hydra.errors.InstantiationException, match="integrity"):
        instantiate(content)
    assert_as_hydra("node", content)


@pytest.mark.parametrize(
    ("form", "content", "kwargs"),
    [
        pytest.param("node", called("Thing", a=called("Tool", b=[1, {"c": 2}])), {}, id="node"),
        pytest.param("dict", called("Thing", a=called("Tool"), _convert_="all"), {}, id="dict"),
        pytest.param("type", called("Thing", a=called("Tool")), {}, id="type"),
        pytest.param("typed instance", called("Thing", a=1, b=2.0), {}, id="typed instance"),
        pytest.param("node", called("Thing", a="${v}", b="${.a}/x"), {}, id="interpolations"),
        pytest.param("node", called("Thing", a=1), {"a": 2, "b": Thing}, id="keyword arguments"),
        pytest.param("node", called("Thing", _partial_=True, a="???"), {}, id="partial"),
        pytest.param("node", {"a": called("Thing"), "b": [called("Thing")]}, {}, id="no target"),
        pytest.param("dict", {"a": called("Thing"), "b": {"c": 1}}, {}, id="dict, no target"),
        pytest.param("typed type", {"a": called("Thing"), "b": 1}, {}, id="type, no target"),
        pytest.param("node", called("Thing", _recursive_=False, a={"b": 1}), {}, id="as it is"),
        pytest.param("node", called("Thing", _args_=[called("Thing"), 1]), {}, id="_args_"),
        pytest.param("struct", called("fail"), {}, id="an error"),
    ],
)
def test_instantiate_of_common_configs_takes_the_short_way(form, content, kwargs, caplog):
    """Common configs are not handed to Hydra."""
    caplog.set_level("DEBUG", "zenrun.instantiate")
    with contextlib.suppress(hydra.errors.InstantiationException, ValueError):
        instantiate(built(form, content), **kwargs)

    assert caplog.messages == []


def test_instantiate_tells_when_hydra_takes_over(caplog):
    """The log of the module says which kind of config Hydra instantiated, and why."""
    caplog.set_level("DEBUG", "zenrun.instantiate")
    OmegaConf.register_new_resolver("res", lambda item: item, replace=True)
    instantiate(built("node", called("Thing", a="${res:1}")))

    assert caplog.messages == ["Hydra instantiates DictConfig: the interpolation '${res:1}'"]
