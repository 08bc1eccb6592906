"""`instantiate`: Hydra's own, with its promises and its refusals."""

from __future__ import annotations

from dataclasses import dataclass

import hydra
import hydra.utils
import pytest
from hydra.errors import InstantiationException
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf
from omegaconf.errors import ValidationError

from zenrun import builds, instantiate, just, make_config

# Hydra 1.3.0 to 1.3.2 had no such policy.
HYDRA_REFUSES = tuple(int(part) for part in hydra.__version__.split(".")[:2]) >= (1, 4) or (
    hydra.__version__ not in {"1.3.0", "1.3.1", "1.3.2"}
)


def record(*args, **kwargs):
    """Give the arguments back."""
    return args, kwargs


def typed(x: int = 1, y=2):
    """Have a typed and an untyped parameter."""
    return x, y


@dataclass
class Plain:
    a: int = 1


def containers(inner):
    """Give lists and dicts of values."""
    return st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("pqr"), inner, max_size=2)


plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text("abc", max_size=3)),
    containers,
    max_leaves=5,
)


@settings(deadline=None)
@given(
    args=st.lists(plain, max_size=2),
    kwargs=st.dictionaries(st.sampled_from("abc"), plain, max_size=3),
    convert=st.sampled_from([None, "none", "partial", "object", "all"]),
    partial=st.booleans(),
)
def test_instantiate_is_hydras(args, kwargs, convert, partial):
    """A config of builds' instantiates as Hydra instantiates the same config written by hand."""
    Conf = builds(
        record,
        *args,
        inner=builds(record, **kwargs),
        hydra_convert=convert,
        zen_partial=partial,
        **kwargs,
    )
    by_hand = {
        "_target_": f"{__name__}.record",
        "_partial_": partial,
        "inner": {"_target_": f"{__name__}.record", **kwargs},
        **kwargs,
    }
    if convert is not None:
        by_hand["_convert_"] = convert
    if args:
        by_hand["_args_"] = args
    ours, theirs = instantiate(Conf), hydra.utils.instantiate(OmegaConf.create(by_hand))
    if partial:
        ours, theirs = ours(5), theirs(5)

    assert repr(ours) == repr(theirs)
    assert ours == theirs
    assert kinds(ours) == kinds(theirs)


def kinds(value):
    """Give the types in nested arguments."""
    if isinstance(value, tuple):
        return [kinds(item) for item in value]
    if isinstance(value, dict):
        return {key: kinds(item) for key, item in value.items()}
    return type(value)


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(lambda Conf: Conf, id="type"),
        pytest.param(lambda Conf: Conf(), id="instance"),
        pytest.param(OmegaConf.structured, id="DictConfig"),
        pytest.param(lambda Conf: OmegaConf.to_container(OmegaConf.structured(Conf)), id="dict"),
    ],
)
def test_instantiate_takes_every_form_of_config(form):
    """A type, an instance, a DictConfig and a dict of one config give the same."""
    assert instantiate(form(builds(typed, 3, y=4))) == (3, 4)


def test_instantiate_arguments_go_over_the_configs_own():
    """Positional arguments replace the config's, keyword arguments go over them."""
    Conf = builds(record, 1, 2, a=1, b=2)

    assert instantiate(Conf, 9, b=3, c=4) == ((9,), {"a": 1, "b": 3, "c": 4})


def test_instantiate_passes_objects_through():
    """An argument given at instantiation may be any object, and arrives as it is."""
    thing = object()

    assert instantiate(builds(record), x=thing)[1]["x"] is thing


def test_instantiate_without_target_gives_the_config():
    """A config without a target comes back with everything in it instantiated."""
    made = instantiate(make_config(a=1, b=builds(typed), c=[just(len)], d=Plain))

    assert made.a == 1
    assert made.b == (1, 2)
    assert made.c == [len]
    assert made.d == {"a": 1}
    assert instantiate(None) is None
    assert instantiate({"a": {"_target_": "builtins.dict", "b": 1}}) == {"a": {"b": 1}}


def test_instantiate_leaves_the_config_as_it_was():
    """Nothing of one instantiation is left in the next."""
    Conf = builds(record, [1], inner=builds(dict, a=[2]), hydra_convert="all")
    first = instantiate(Conf)
    first[0][0].append(3)
    first[1]["inner"]["a"].append(4)

    assert instantiate(Conf) == (([1],), {"inner": {"a": [2]}})


def test_instantiate_refuses_values_of_a_wrong_type():
    """A field's type hint holds for the values that instances and keywords give."""
    Conf = builds(typed, x=2)

    with pytest.raises((ValidationError, InstantiationException), match="abc"):
        instantiate(Conf(x="abc"))
    with pytest.raises((ValidationError, InstantiationException), match="abc"):
        instantiate(Conf, x="abc")


def fail():
    """Fail."""
    msg = "from inside"
    raise RuntimeError(msg)


def test_instantiate_failures_are_hydras():
    """An error of the target comes as Hydra gives it: in its own exception, or (1.4) as it is."""
    with pytest.raises((InstantiationException, RuntimeError), match="from inside") as caught:
        instantiate(builds(fail))

    assert isinstance(caught.value.__cause__ or caught.value, RuntimeError)


@pytest.mark.skipif(not HYDRA_REFUSES, reason="this Hydra refuses no target")
@pytest.mark.parametrize("path", ["os.system", "subprocess.Popen", "builtins.eval"])
def test_instantiate_keeps_hydras_refusal_of_unsafe_targets(path):
    """What Hydra refuses as a target is refused too where `just` would give it."""
    for config in (
        {"_target_": path, "_args_": ["1"]},
        {"_target_": "zenrun.funcs.get_obj", "path": path},
        {"f": {"_target_": "zenrun.funcs.get_obj", "path": path}},
    ):
        with pytest.raises(InstantiationException, match="list"):
            instantiate(config)
