"""What is wrong with an entry or a store, and what the error says of it."""

from __future__ import annotations

import pickle
import re
import warnings

import pytest
from hydra.conf import HydraConf
from hydra.core.config_store import ConfigStore
from omegaconf import OmegaConf

from zenrun import ZenStore, hydra_run, make_config, store
from zenrun.errors import (
    ConfigError,
    ConfigTypeError,
    EntryExistsError,
    EntryNotFoundError,
    GroupOptionError,
    InvalidTargetError,
    SignatureError,
    UnknownOverrideError,
    ZenrunError,
)
from zenrun.wrapper import default_to_config


def add(x: int, y: int = 2) -> int:
    return x + y


def filled(*paths, **options):
    made = ZenStore("filled", **options)
    for path in paths:
        group, _, name = path.rpartition("/")
        made({"path": path}, name=name, group=group or None)
    return made


@pytest.mark.parametrize(
    ("keywords", "said"),
    [
        ({"name": 1}, "name is a string, .* given was 1 for .*add.* in the store 'filled'"),
        ({"name": None}, "name is a string"),
        ({"name": lambda target: 3}, "name is a string, .* given was 3"),
        ({"name": ""}, "name is empty"),
        ({"name": "a/b/c"}, "Groups are given by themselves: group='a/b', name='c'"),
        ({"group": 1}, "group is a string or None, .* given was 1"),
        ({"group": lambda target: 1}, "group is a string or None"),
        ({"group": ""}, "Write group=None"),
        ({"group": "/a//b/"}, "Write group='a/b'"),
        ({"package": 1}, "package is a string or None; given was 1"),
        ({"package": lambda target: 1}, "package is a string or None"),
        ({"provider": 1}, "provider is a string or None; given was 1"),
        ({"to_config": 1}, "to_config is called with what is stored; given was 1"),
    ],
)
def test_store_refuses_keywords_of_the_wrong_kind(keywords, said):
    """What is said of an entry is checked when it is stored, and nothing is stored then."""
    store = filled()

    with pytest.raises(ConfigTypeError, match=said):
        store(add, **keywords)
    assert not store


@pytest.mark.parametrize("target", [{"a": 1}, [1], make_config(a=1)(), OmegaConf.create({"a": 1})])
def test_store_asks_for_a_name_where_there_is_none(target):
    """An object without a `__name__` needs a name: a TypeError, as in hydra-zen."""
    with pytest.raises(
        TypeError, match=r"cannot tell the name of .* store\(\.\.\., name='a_name'\)"
    ):
        filled()(target)


def test_store_refuses_several_objects():
    """A name given by position is told to have a keyword."""
    with pytest.raises(
        ConfigTypeError, match="'filled' takes one object by position; given were 2"
    ):
        filled()(add, "name")


@pytest.mark.parametrize(
    "target",
    [{"a": 1}, [1], make_config(a=1)(), OmegaConf.create({"a": 1}), HydraConf, HydraConf()],
)
def test_store_refuses_arguments_of_what_is_not_called(target):
    """Arguments given with a config have nowhere to go, and are not dropped."""
    store = filled()

    with pytest.raises(ConfigTypeError, match=r"lr=\.\.\. cannot be given with .* stored as it is"):
        store(target, name="a", lr=1)
    assert not store


@pytest.mark.parametrize("target", [3, "text", None, 1.5])
def test_default_to_config_refuses_what_is_no_config(target):
    """A plain value is no entry."""
    with pytest.raises(ConfigTypeError, match=re.escape(f"{target!r} of type")):
        default_to_config(target)


def test_default_to_config_names_the_field_that_was_meant():
    """A value for a field that a config does not have is refused."""
    with pytest.raises(ConfigTypeError, match=r"Mine has no field 'lrr'.*did you mean 'lr'\?"):
        default_to_config(make_config(lr=1, config_name="Mine"), lrr=2)


@pytest.mark.parametrize(
    "option", ["deferred_to_config", "deferred_hydra_store", "overwrite_ok", "warn_node_kwarg"]
)
def test_zen_store_refuses_flags_that_are_none(option):
    """A store's options are bools."""
    with pytest.raises(TypeError, match=f"{option} is True or False; given was 1"):
        ZenStore(**{option: 1})


def test_zen_store_refuses_names_that_are_none():
    """A store's name is a string."""
    with pytest.raises(TypeError, match="name of a store is a string; given was 1"):
        ZenStore(1)
    with pytest.raises(TypeError, match="name of a store is a string; given was 1"):
        ZenStore().copy(1)


def test_store_warns_of_node_as_a_keyword():
    """`store(node=...)` stores nothing, and says so, unless a store is told not to."""
    with pytest.warns(UserWarning, match=r"filled\(node=\.\.\.\) stores nothing") as caught:
        filled()(node={}, name="a")
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        filled(warn_node_kwarg=False)(node={}, name="a")
        filled()(lambda node: node, node={}, name="a")


def test_store_refuses_to_overwrite():
    """A second entry of one name is refused, and the first one stays: a ValueError."""
    store = filled("g/a")

    with pytest.raises(
        EntryExistsError, match="'filled' has the entry name='a', group='g'"
    ) as info:
        store({}, name="a", group="g")

    assert isinstance(info.value, ValueError)
    assert (info.value.group, info.value.name) == ("g", "a")
    assert store["g", "a"] == {"path": "g/a"}


def test_copy_with_mapped_groups_refuses_to_overwrite():
    """Two entries that come to one place are refused, unless one may take it."""
    store = filled("a", "g/a")

    with pytest.raises(EntryExistsError, match="'filled' has the entry name='a' already"):
        store.copy_with_mapped_groups({"g": None})
    assert store.copy_with_mapped_groups({"g": None}, overwrite_ok=True)[None, "a"] == {
        "path": "g/a"
    }


@pytest.mark.parametrize("mapping", [3, None, lambda group: 3, {"g": "/x"}])
def test_copy_with_mapped_groups_refuses_what_maps_no_groups(mapping):
    """Groups are mapped by a dict or a function, to groups."""
    with pytest.raises(ConfigTypeError, match="mapped by a dict or a function|group"):
        filled("g/a").copy_with_mapped_groups(mapping)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (("optim", "adm"), "'filled' does not have .*'adm'.*'sgd', 'adam' .did you mean 'adam'"),
        (("optm", "x"), "Its groups are 'model', 'optim' .did you mean 'optim'"),
        ((None, "adam"), "There is one of that name in the group 'optim'"),
    ],
)
def test_store_names_the_nearest_entry(key, said):
    """A missing entry is a KeyError that tells what is there."""
    store = filled("optim/sgd", "optim/adam", "model/net")

    for lookup in (store.__getitem__, lambda key: store.get_entry(*key), store.__delitem__):
        with pytest.raises(EntryNotFoundError, match=said) as info:
            lookup(key)
        assert isinstance(info.value, KeyError)
        assert (info.value.group, info.value.name) == key
    assert len(store) == 3


@pytest.mark.parametrize("key", [1, ("a", "b", "c"), ["g", "a"]])
def test_store_refuses_keys_that_no_entry_has(key):
    """What is neither a group nor group and name is a KeyError, too."""
    with pytest.raises(EntryNotFoundError, match="is no key of the store 'filled'"):
        filled("g/a")[key]
    with pytest.raises(EntryNotFoundError, match="is no key of the store 'filled'"):
        del filled("g/a")[key]


@pytest.mark.parametrize("other", [{}, None, "store"])
def test_store_merges_only_with_stores(other):
    """Something else is refused by each way of merging, with a TypeError."""
    store = filled("a")

    with pytest.raises(ConfigTypeError, match="takes in the entries of a ZenStore; given was"):
        store.update(other)
    with pytest.raises(ConfigTypeError, match="takes in the entries of a ZenStore; given was"):
        store.merge(other)
    with pytest.raises(TypeError, match="unsupported operand"):
        store | other
    with pytest.raises(TypeError, match="unsupported operand"):
        store |= other


def test_store_tells_which_entry_no_config_can_be_made_of():
    """An error of `builds` says which entry it is about, and where it was stored."""
    store = filled()
    store(add, group="g", z=1)

    with pytest.raises(
        SignatureError, match=r"No config of the entry name='add', group='g'"
    ) as info:
        store["g", "add"]
    assert f"stored at {__file__}:" in str(info.value)
    assert "no parameter 'z'" in str(info.value)
    assert info.value.target == f"{__name__}.add"
    with pytest.raises(SignatureError, match="of the store 'filled', stored at"):
        store.add_to_hydra_store()
    assert store.has_enqueued()


def test_store_tells_of_keywords_that_were_meant_for_it():
    """A misspelt keyword of the store, which went to the target, is told."""
    store = filled()
    store(add, nane="x")

    with pytest.raises(SignatureError, match=r"store's own keywords are .*did you mean 'name'\?"):
        store[None, "add"]


def test_store_refuses_objects_that_no_path_leads_to():
    """A lambda is refused when its config is made: at once, where a store does not defer that."""
    with pytest.raises(InvalidTargetError, match="entry name='f' of the store 'filled'"):
        filled(deferred_to_config=False)(lambda: 1, name="f")


def test_store_lets_errors_of_to_config_through():
    """What a user's own `to_config` raises stays what it is."""

    def fail(target):
        raise LookupError("mine")

    store = filled()
    store(add, to_config=fail)

    with pytest.raises(LookupError, match="mine") as info:
        store[None, "add"]
    assert not isinstance(info.value, ZenrunError)


def in_hydra():
    """List the names at the top of Hydra's ConfigStore that are not Hydra's."""
    return [name for name in ConfigStore.instance().repo if name in {"a.yaml", "b.yaml", "c.yaml"}]


def test_add_to_hydra_store_refuses_to_overwrite():
    """Another config of that name stays, nothing at all is added, and all goes on waiting."""
    ConfigStore.instance().store("b", {"other": 1}, provider="them")
    store = filled("a", "b", "c")

    with pytest.raises(EntryExistsError, match=r"has the entry name='b' already .*'them'") as info:
        store.add_to_hydra_store()

    assert (info.value.group, info.value.name) == (None, "b")
    assert in_hydra() == ["b.yaml"]
    assert ConfigStore.instance().repo["b.yaml"].node == {"other": 1}
    store.delete_entry(None, "b")
    store.add_to_hydra_store()
    assert sorted(in_hydra()) == ["a.yaml", "b.yaml", "c.yaml"]


def test_add_to_hydra_store_refuses_another_package():
    """The same content at another place of the job's config is another config."""
    filled("a").add_to_hydra_store()
    store = ZenStore()
    store({"path": "a"}, name="a", package="_global_")

    with pytest.raises(EntryExistsError):
        store.add_to_hydra_store()


def test_add_to_hydra_store_refuses_two_names_for_one_file():
    """Hydra takes `a` and `a.yaml` for one; neither gets lost unheard."""
    with pytest.raises(
        EntryExistsError, match=r"name='a' .*name='a\.yaml', which are one for Hydra"
    ):
        filled("a", "a.yaml").add_to_hydra_store()
    assert in_hydra() == []


def test_add_to_hydra_store_refuses_flags_that_are_none():
    """`overwrite_ok` is a bool."""
    with pytest.raises(ConfigTypeError, match="overwrite_ok is True or False; given was 3"):
        filled("a").add_to_hydra_store(overwrite_ok=3)


def test_add_to_hydra_store_tells_which_config_omegaconf_cannot_hold():
    """What a `to_config` gives may be no config at all."""
    store = filled()
    store(add, to_config=lambda target: 3)

    with pytest.raises(
        ConfigTypeError, match="OmegaConf cannot hold the entry name='add' of .* is 3: "
    ):
        store.add_to_hydra_store()
    assert store.has_enqueued()


def test_add_to_hydra_store_adds_nothing_where_one_cannot_be():
    """A config that OmegaConf refuses takes back what was added before it, and what it replaced."""
    ConfigStore.instance().store("b", {"other": 1})
    store = filled("a", "b", "g/c", overwrite_ok=True)
    store(add, name="z", to_config=lambda target: 3)

    with pytest.raises(ConfigTypeError):
        store.add_to_hydra_store()
    assert in_hydra() == ["b.yaml"]
    assert ConfigStore.instance().repo["b.yaml"].node == {"other": 1}
    assert ConfigStore.instance().repo.get("g", {}) == {}
    store.delete_entry(None, "z")
    store.add_to_hydra_store()
    assert sorted(in_hydra()) == ["a.yaml", "b.yaml"]
    assert "c.yaml" in ConfigStore.instance().repo["g"]


def test_store_that_adds_at_once_stores_nothing_where_hydra_refuses():
    """With `deferred_hydra_store=False`, a refused entry is not in the store either."""
    ConfigStore.instance().store("a", {"other": 1})
    store = filled(deferred_hydra_store=False)

    with pytest.raises(EntryExistsError, match="Hydra's ConfigStore has the entry name='a'"):
        store({}, name="a")
    assert len(store) == 0

    both = filled("b", deferred_hydra_store=False, overwrite_ok=True)
    with pytest.raises(ConfigError):
        both(add, name="b", to_config=lambda target: 3)
    assert both[None, "b"] == {"path": "b"}


def test_store_errors_are_of_one_root():
    """Errors of a store are configs' errors, and pickle with their data."""
    for error in (EntryExistsError("text", "g", "n"), EntryNotFoundError("text", None, "n")):
        again = pickle.loads(pickle.dumps(error))
        assert isinstance(again, ConfigError)
        assert (str(again), again.group, again.name) == (str(error), error.group, error.name)


def test_run_tells_of_a_store_that_has_not_been_added():
    """A choice that waits in `zenrun.store` is told apart from one that nobody has stored."""
    store({"lr": 1}, name="sgd", group="test_optim")

    def config(name):
        return make_config(test_optim=None, hydra_defaults=["_self_", {"test_optim": name}])

    try:
        with pytest.raises(GroupOptionError, match="zenrun.store has it.*add_to_hydra_store"):
            hydra_run(config("sgd"), print)
        with pytest.raises(GroupOptionError, match="There is no config group 'test_optim'"):
            hydra_run(config("adam"), print)
        with pytest.raises(UnknownOverrideError, match="a group of zenrun.store that has not been"):
            hydra_run({}, print, ["test_optim=sgd"])
        store.add_to_hydra_store()
        assert hydra_run(config("sgd"), lambda cfg: cfg.test_optim.lr).return_value == 1
        with pytest.raises(GroupOptionError, match="It has sgd"):
            hydra_run(config("adam"), print)
    finally:
        store.delete_entry("test_optim", "sgd")
