"""`store` and `ZenStore`: configs by group and name, and what Hydra sees of them."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import threading
import types
from dataclasses import dataclass, field

import cloudpickle
import pytest
from hydra import compose, initialize
from hydra.conf import HydraConf, JobConf
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

import zenrun
from zenrun import ZenStore, builds, hydra_multirun, hydra_run, instantiate, just, make_config
from zenrun.testing import isolated_hydra
from zenrun.wrapper import default_to_config


def add(x: int, y: int = 2) -> int:
    return x + y


class Optimizer:
    def __init__(self, lr: float = 0.1) -> None:
        self.lr = lr


@dataclass
class Profile:
    username: str
    schema: str = "plain"


@dataclass(frozen=True)
class Frozen:
    x: int = 1


@dataclass
class Derived:
    x: int = 1
    twice: int = field(init=False, default=2)


def content(config):
    """Give what a config holds, as plain containers."""
    return OmegaConf.to_container(OmegaConf.structured(config))


def in_hydra(group, name):
    """Give the content of a config of Hydra's ConfigStore, or None."""
    tree = ConfigStore.instance().repo
    for part in () if group is None else group.split("/"):
        tree = tree.get(part, {})
    found = tree.get(f"{name}.yaml")
    return None if found is None else OmegaConf.to_container(found.node)


def filled(*paths, **options):
    """Give a store that has an entry for each path, with the path as its content."""
    made = ZenStore("filled", **options)
    for path in paths:
        group, _, name = path.rpartition("/")
        made({"path": path}, name=name, group=group or None)
    return made


# --- storing ----------------------------------------------------------------------------------------


def test_store_gives_the_object_back():
    """Whatever is stored is returned unchanged, so a store can decorate."""
    store = ZenStore()
    config = {"a": 1}

    assert store(config, name="a") is config
    assert store(add) is add
    assert store(name="b")(add) is add


def test_store_decorates_several_times():
    """Decorators of one function store an entry each, and leave the function as it is."""
    store = ZenStore()
    store(name="one", x=1)(store(name="two", y=3)(add))

    assert content(store[None, "one"]) == {"_target_": f"{__name__}.add", "x": 1, "y": 2}
    assert content(store[None, "two"]) == {"_target_": f"{__name__}.add", "x": "???", "y": 3}
    assert add(10, 3) == 13


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (add, "add"),
        (Optimizer, "Optimizer"),
        (Profile, "Profile"),
        (builds(add), "Builds_add"),
        (make_config("a", config_name="Mine"), "Mine"),
    ],
)
def test_store_names_an_entry_after_its_object(target, name):
    """Without a name, the object's `__name__` is the entry's."""
    store = ZenStore()
    store(target)

    assert [entry["name"] for entry in store] == [name]


def test_store_takes_functions_for_name_group_and_package():
    """Name, group and package can be functions of the object."""
    store = ZenStore()
    store(
        add,
        name=lambda target: target.__name__.upper(),
        group=lambda target: f"from/{target.__module__}",
        package=lambda target: f"at.{target.__name__}",
        provider="me",
    )

    (entry,) = store
    assert {**entry, "node": None} == {
        "name": "ADD",
        "group": f"from/{__name__}",
        "package": "at.add",
        "provider": "me",
        "node": None,
    }


def test_store_passes_other_keywords_to_builds():
    """Options of `builds` are given beside the arguments of the target."""
    store = ZenStore()
    store(add, name="a", x=1, zen_partial=True, hydra_defaults=["_self_"])
    store(add, name="bare", populate_full_signature=False)

    assert content(store[None, "a"]) == {
        "_target_": f"{__name__}.add",
        "_partial_": True,
        "defaults": ["_self_"],
        "x": 1,
        "y": 2,
    }
    assert content(store[None, "bare"]) == {"_target_": f"{__name__}.add"}


def test_store_with_to_config_makes_other_configs():
    """`to_config` is called with the object and the keywords, and what it gives is the node."""
    store = ZenStore()
    as_it_is = store(to_config=lambda target, **kw: target if not kw else {"kw": kw})

    assert as_it_is(config := {"a": 1}, name="a") is config
    assert store[None, "a"] is not None
    assert store[None, "a"] is config
    as_it_is(add, b=2)
    assert store[None, "add"] == {"kw": {"b": 2}}


def test_store_makes_configs_late_and_once():
    """`to_config` is called when the config is first looked at; not to list, copy or map entries."""
    calls = []
    store = ZenStore()
    store(add, to_config=lambda target: calls.append(target) or {"made": 1})

    repr(store), store.groups, len(store), (None, "add") in store, store.copy()
    moved = store.copy_with_mapped_groups({None: "moved"})
    assert calls == []
    assert store[None, "add"] is store.get_entry(None, "add")["node"]
    assert moved["moved", "add"] is store[None, "add"]
    store.add_to_hydra_store()
    assert calls == [add]


def test_store_with_deferred_to_config_false_makes_configs_at_once():
    """A store can be made that calls `to_config` when something is stored."""
    calls = []
    store = ZenStore(deferred_to_config=False)

    store(add, to_config=lambda target: calls.append(target) or {})

    assert calls == [add]


@pytest.mark.parametrize("option", ["deferred_to_config", "deferred_hydra_store"])
def test_store_that_does_not_defer_decorates_too(option):
    """A decorated function is found by its name also before the name is assigned."""
    module = types.ModuleType("decorating")
    sys.modules["decorating"] = module
    code = (
        f"from zenrun import ZenStore\nstore = ZenStore({option}=False)\n"
        "@store(group='g', a=2)\ndef target(a=1): return a\n"
        "@store\n@store(name='again')\nclass Other: pass\n"
    )
    try:
        exec(code, vars(module))
        exec(code, vars(module))  # as a notebook's cell is run again
        assert instantiate(module.store["g", "target"]) == 2
        assert isinstance(instantiate(module.store[None, "again"]), module.Other)
    finally:
        del sys.modules["decorating"]


# --- to_config ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "config",
    [
        Profile("me"),
        builds(add, x=1),
        builds(add, populate_full_signature=True)(x=1),
        make_config(a=1),
        just(len),
        OmegaConf.create({"a": 1}),
        OmegaConf.create([1]),
        HydraConf,
    ],
    ids=lambda config: type(config).__name__,
)
def test_default_to_config_leaves_configs_alone(config):
    """What is a config already is the entry's node itself."""
    assert default_to_config(config) is config


def test_default_to_config_of_containers_is_that_of_just():
    """The values of lists and dicts become configs, in new containers."""
    given_list, given_dict = [1, add], {"a": [add]}

    assert instantiate(default_to_config(given_list)) == given_list
    assert instantiate(default_to_config(given_dict)) == given_dict
    assert default_to_config(given_list) is not given_list


@pytest.mark.parametrize("target", [add, Optimizer, Profile, Frozen, Derived])
def test_default_to_config_of_a_target_has_its_whole_signature(target):
    """Functions, classes and dataclass types become configs with all of their parameters."""
    expected = content(builds(target, populate_full_signature=True))

    assert content(default_to_config(target)) == expected


def test_default_to_config_of_a_dataclass_type_takes_values():
    """A dataclass type becomes a config that makes it, with the given values."""
    config = default_to_config(Profile, schema="other")

    assert instantiate(config, username="me") == Profile("me", "other")


def test_default_to_config_of_a_dataclass_type_inherits_from_it():
    """The config of a dataclass type stands wherever that dataclass is asked for."""
    assert issubclass(default_to_config(Profile), Profile)
    assert not issubclass(default_to_config(Frozen), Frozen)


def test_default_to_config_of_a_config_type_takes_values_of_its_fields():
    """Fields of a config get other values in a new config; the old one stays what it was."""
    plain, full = make_config("a", b=1), builds(add, populate_full_signature=True)

    assert content(default_to_config(plain, b="x")) == {"a": "???", "b": "x"}
    assert content(default_to_config(full, y=7)) == {**content(full), "y": 7}
    assert content(plain) == {"a": "???", "b": 1}
    assert issubclass(default_to_config(plain, b=5), plain)


def test_default_to_config_makes_configs_with_other_functions():
    """`CustomBuildsFn` has the `builds` and `just` that are used, also as a store's default."""

    class Upper:
        @staticmethod
        def builds(target, **kw):
            return {"target": target.__name__, **kw}

        @staticmethod
        def just(value):
            return {"just": value}

    store = ZenStore()(CustomBuildsFn=Upper, x=1)
    store(add)
    store({"a": 1}, name="dict")
    store([1], name="list", CustomBuildsFn=Upper)

    assert store[None, "add"] == {"target": "add", "populate_full_signature": True, "x": 1}
    assert store[None, "dict"] == {"just": {"a": 1}}
    assert store[None, "list"] == {"just": [1]}


# --- mirrored stores -----------------------------------------------------------------------------


def test_store_without_an_object_mirrors_the_store():
    """A mirrored store has the same entries, is equal, and has defaults of its own."""
    store = ZenStore("base")
    math = store(group="math")
    precise = math(package="p", x=1)

    precise(add)
    math(add, name="other")
    store(add, name="top")
    precise(add, name="own", group=None, y=5)

    assert repr(store) == "base\n{'math': ['add', 'other'], None: ['top', 'own']}"
    assert store == math == precise
    assert (precise.name, type(precise)) == ("base", ZenStore)
    assert store.get_entry("math", "add")["package"] == "p"
    assert content(store["math", "add"])["x"] == 1
    assert content(store["math", "other"])["x"] == "???"
    assert content(store[None, "own"]) == {"_target_": f"{__name__}.add", "x": 1, "y": 5}


def test_store_defaults_for_targets_do_not_reach_configs():
    """Arguments that are a store's defaults are for its targets; configs are stored beside them."""
    partial = ZenStore()(zen_partial=True)
    partial({"a": 1}, name="dict")
    partial(Profile("me"), name="instance")
    partial(add)

    assert partial[None, "dict"] == {"a": 1}
    assert partial[None, "instance"] == Profile("me")
    assert content(partial[None, "add"])["_partial_"] is True


def test_store_subclasses_mirror_as_themselves():
    """What a store gives back as a store is of its own class."""

    class Mine(ZenStore):
        pass

    store = Mine("mine")
    store({}, name="a")
    assert {type(made) for made in (store(group="g"), store.copy(), store | ZenStore())} == {Mine}


def test_store_is_one_for_all():
    """`zenrun.store` is a store that everybody shares."""
    assert isinstance(zenrun.store, ZenStore)
    assert zenrun.store.name == "zen_store"
    assert ZenStore().name == "custom_store"


# --- reading ---------------------------------------------------------------------------------------


def test_store_is_read_by_group_and_name():
    """A key of group and name gives a config, a group all in it and below it."""
    store = filled("a", "g/a", "g/b", "g/sub/c", "g2/d")

    assert store["g", "b"] == {"path": "g/b"}
    assert store[None, "a"] == {"path": "a"}
    assert list(store["g"]) == [("g", "a"), ("g", "b"), ("g/sub", "c")]
    assert store["g/sub"] == {("g/sub", "c"): {"path": "g/sub/c"}}
    assert list(store[None]) == [(None, "a")]
    assert store["nothing"] == {}
    assert store.groups == [None, "g", "g/sub", "g2"]


@pytest.mark.parametrize(
    ("key", "there"),
    [
        ("g", True),
        ("g/sub", True),
        ("deep", True),
        ("g/su", False),
        ("g/", False),
        ("a", False),
        (None, True),
        (("g", "a"), True),
        ((None, "a"), True),
        (("g", "z"), False),
        (("a", None), False),
        (("g", "a", "b"), False),
        (1, False),
        (["g", "a"], False),
    ],
)
def test_store_contains_groups_and_entries(key, there):
    """`in` is about a group with anything below it, or about group and name."""
    assert (key in filled("a", "g/a", "g/sub/c", "deep/er/x")) is there


def test_store_tells_its_entries_in_order():
    """Iterating gives dicts that can be changed, while entries are added too."""
    store = filled("b", "g/a")
    seen = []
    for entry in store:
        seen.append(entry["name"])
        entry["name"] = "changed"
        store({}, name=f"new_{len(store)}", group="later")

    assert seen == ["b", "a"]
    assert [entry["name"] for entry in store] == ["b", "a", "new_2", "new_3"]
    assert (len(store), bool(store), bool(ZenStore())) == (4, True, False)


def test_store_forgets_deleted_entries():
    """What is deleted is neither there nor waiting, and its name is free."""
    store = filled("a", "g/b")
    store.delete_entry(None, "a")
    del store["g", "b"]

    assert (len(store), store.groups, store.has_enqueued()) == (0, [], False)
    store({"new": 1}, name="a")
    assert store[None, "a"] == {"new": 1}


PATHS = st.lists(
    st.sampled_from(["a", "b", "g/a", "g/b", "g/h/a", "gh/a", "h/a"]), max_size=12, unique=True
)


@given(PATHS, PATHS, st.sampled_from(["g", "g/h", "h", None]))
def test_store_is_what_was_stored_and_not_deleted(stored, deleted, group):
    """Any storing and deleting leaves what a dict would have, by each way of reading."""
    store = filled(*stored)
    left = {}
    for path in stored:
        head, _, name = path.rpartition("/")
        if path in deleted:
            store.delete_entry(head or None, name)
        else:
            left[head or None, name] = {"path": path}

    assert {(item["group"], item["name"]): item["node"] for item in store} == left
    below = {
        key: node
        for key, node in left.items()
        if key[0] == group or (group and key[0] and key[0].startswith(f"{group}/"))
    }
    assert store[group] == below
    assert (group in store) is bool(below)
    assert set(store.groups) == {head for head, _ in left}


# --- copies and merges ---------------------------------------------------------------------------


def test_copy_changes_for_itself():
    """A copy has the entries, what waits, and the defaults; later entries are its own."""
    store = filled("a")(group="g")
    made = store.copy()
    made({}, name="b")

    assert (made.name, store.copy("named").name) == ("filled_copy", "named")
    assert ("g", "b") in made
    assert ("g", "b") not in store
    assert made != store
    assert made.has_enqueued()
    store.add_to_hydra_store()
    assert not store.copy().has_enqueued()


def test_copy_with_mapped_groups_moves_entries():
    """Groups are renamed by a dict, which leaves others, or by a function."""
    store = filled("a", "g/b", "g/h/c")

    assert store.copy_with_mapped_groups({"g": "x/y", None: "top"}, store_name="s").groups == [
        "g/h",
        "top",
        "x/y",
    ]
    assert store.copy_with_mapped_groups(lambda g: g and f"in/{g}").groups == [
        None,
        "in/g",
        "in/g/h",
    ]
    assert store.groups == [None, "g", "g/h"]


def test_copy_with_mapped_groups_lets_groups_change_places():
    """Two groups take each other's names."""
    store = filled("g/a", "h/a").copy_with_mapped_groups({"g": "h", "h": "g"})

    assert (store["g", "a"], store["h", "a"]) == ({"path": "h/a"}, {"path": "g/a"})


def test_copy_with_mapped_groups_lets_what_moves_wait():
    """Of entries that Hydra has, those that move are to be added again."""
    store = filled("a", "g/b")
    store.add_to_hydra_store()

    assert not store.copy_with_mapped_groups({}).has_enqueued()
    store.copy_with_mapped_groups({"g": "moved"}).add_to_hydra_store()

    assert in_hydra("moved", "b") == {"path": "g/b"}


def test_merge_takes_the_entries_of_both():
    """`merge` and `|` give a copy in which the other's entries win; `update` and `|=` change."""
    one, other = filled("a", "g/b"), ZenStore("other")
    other({"path": "other"}, name="a")
    other({}, name="c")

    merged = one | other
    assert [merged.name, one.merge(other, "named").name] == ["filled_copy", "named"]
    assert repr(merged) == "filled_copy\n{None: ['a', 'c'], 'g': ['b']}"
    assert merged[None, "a"] == {"path": "other"}
    assert (len(one), len(other), one[None, "a"]) == (2, 2, {"path": "a"})
    same = one
    same |= other
    assert same is one
    assert len(one) == 3


@given(PATHS, PATHS, st.permutations(["g", "g/h", "gh", "h"]))
def test_merges_and_mapped_copies_keep_every_config(one, other, groups):
    """A merge has what two dicts' union has; renaming groups, also in a circle, loses nothing."""
    first, second = filled(*one), filled(*other)
    new = dict(zip(["g", "g/h", "gh", "h"], groups, strict=True))
    both = {(entry["group"], entry["name"]): entry["node"] for entry in [*first, *second]}

    merged = first | second
    mapped = merged.copy_with_mapped_groups(new)

    assert {(entry["group"], entry["name"]): entry["node"] for entry in merged} == both
    assert {(entry["group"], entry["name"]): entry["node"] for entry in mapped} == {
        (new.get(group, group), name): node for (group, name), node in both.items()
    }


def test_stores_are_equal_where_one_mirrors_the_other():
    """Two stores with the same entries by chance are not one."""
    store = filled("a")

    assert store == store(group="g")
    assert store != filled("a")
    assert store != {}


@pytest.mark.parametrize(
    "copied",
    [
        lambda store: pickle.loads(pickle.dumps(store)),
        lambda store: cloudpickle.loads(cloudpickle.dumps(store)),
        copy.deepcopy,
    ],
    ids=["pickle", "cloudpickle", "deepcopy"],
)
def test_store_travels(copied):
    """A store goes to another process whole, with what waits, and serves there."""
    store = filled("a")(group="g")
    store(add)
    there = copied(store)

    there({}, name="new")
    assert repr(there) == "filled\n{None: ['a'], 'g': ['add', 'new']}"
    assert content(there["g", "add"]) == content(store["g", "add"])
    assert there.has_enqueued()
    assert ("g", "new") not in store


def test_store_that_travels_is_added_again_where_it_comes():
    """In another process, Hydra's ConfigStore may lack what was added here: then it is added."""
    store = filled("a")
    with isolated_hydra():
        store.add_to_hydra_store()
        sent = cloudpickle.dumps(store)

    cloudpickle.loads(sent).add_to_hydra_store()

    assert in_hydra(None, "a") == {"path": "a"}


# --- Hydra -----------------------------------------------------------------------------------------


def test_add_to_hydra_store_adds_what_waits():
    """Entries are in Hydra's ConfigStore once they are added, and wait no longer."""
    store = ZenStore()
    store({"a": 1}, name="top", provider="me")
    store([1, 2], name="list", group="g/h", package="_global_")
    assert store.has_enqueued()
    assert in_hydra(None, "top") is None

    store.add_to_hydra_store()

    assert not store.has_enqueued()
    assert (in_hydra(None, "top"), in_hydra("g/h", "list")) == ({"a": 1}, [1, 2])
    node = ConfigStore.instance().repo["g"]["h"]["list.yaml"]
    assert (node.name, node.group, node.package) == ("list.yaml", "g/h", "_global_")
    assert ConfigStore.instance().repo["top.yaml"].provider == "me"


def test_add_to_hydra_store_twice_is_fine():
    """Where nothing has changed, adding again does nothing, also by a copy or another store."""
    store = filled("a", "g/b")
    store.add_to_hydra_store()
    kept = ConfigStore.instance().repo["a.yaml"]

    store.add_to_hydra_store()
    store.enqueue_all()
    assert store.has_enqueued()
    store.add_to_hydra_store()
    store.copy().add_to_hydra_store()

    assert not store.has_enqueued()
    assert ConfigStore.instance().repo["a.yaml"] is kept
    filled("a").add_to_hydra_store()  # as a module that is imported again would


def test_add_to_hydra_store_overwrites_where_it_may():
    """With `overwrite_ok`, here or of the store, an entry takes the place of another config."""
    filled("a").add_to_hydra_store()
    store = ZenStore(overwrite_ok=True)
    store({"v": 1}, name="a")
    store.add_to_hydra_store()
    assert in_hydra(None, "a") == {"v": 1}

    store({"v": 2}, name="a")
    assert store.has_enqueued()
    store.add_to_hydra_store()
    assert in_hydra(None, "a") == {"v": 2}
    filled("a").add_to_hydra_store(overwrite_ok=True)
    assert in_hydra(None, "a") == {"path": "a"}


def test_store_with_deferred_hydra_store_false_adds_at_once():
    """A store can be made whose entries are in Hydra's ConfigStore when they are stored."""
    store = ZenStore(deferred_hydra_store=False)

    store({"a": 1}, name="a")

    assert in_hydra(None, "a") == {"a": 1}
    assert not store.has_enqueued()


def test_add_to_hydra_store_adds_again_what_hydra_has_lost():
    """After `isolated_hydra` has put the ConfigStore back, entries added inside are added again."""
    store = ZenStore()
    with isolated_hydra():
        store({"a": 1}, name="inside", group="g")
        store.add_to_hydra_store()
        assert in_hydra("g", "inside") == {"a": 1}
    assert in_hydra("g", "inside") is None

    store.add_to_hydra_store()

    assert in_hydra("g", "inside") == {"a": 1}


def test_add_to_hydra_store_leaves_what_others_have_put_there_since():
    """An entry that was added is not added again over what somebody else has put in its place."""
    store = filled("a")
    store.add_to_hydra_store()
    del ConfigStore.instance().repo["a.yaml"]
    ConfigStore.instance().store("a", {"mine": 1})

    store.add_to_hydra_store()

    assert in_hydra(None, "a") == {"mine": 1}


@pytest.mark.parametrize("conf", [HydraConf(job=JobConf(chdir=True)), HydraConf])
def test_store_knows_hydras_own_config(conf):
    """A HydraConf is stored where Hydra looks for it, also over an earlier one."""
    store = ZenStore()
    grouped = store(group="elsewhere")
    store(HydraConf())
    grouped(conf)

    (entry,) = store
    assert {**entry, "node": 0} == {
        "name": "config",
        "group": "hydra",
        "package": None,
        "provider": "zenrun",
        "node": 0,
    }
    assert entry["node"] is conf
    store.add_to_hydra_store()
    again = ZenStore()
    again(conf)
    again.add_to_hydra_store()
    store(HydraConf(), name="named", group="mine")
    assert store.groups == ["hydra", "mine"]


def optimizer_store():
    """Give a store with an app's configs, added to Hydra's."""
    store = ZenStore("app")
    optim = store(group="optim")
    optim(Optimizer, name="slow", lr=0.1)
    optim(Optimizer, name="fast", lr=1.0)
    store(
        make_config(optim=None, hydra_defaults=["_self_", {"optim": "slow"}]),
        name="config",
    )
    store(HydraConf(output_subdir=".of_the_store"))
    store.add_to_hydra_store()
    return store


def test_stored_configs_are_chosen_in_runs():
    """`hydra_run` and `hydra_multirun` find stored groups and Hydra's stored settings."""
    config = optimizer_store()[None, "config"]

    def task(cfg):
        return instantiate(cfg.optim).lr, HydraConfig.get().output_subdir

    assert hydra_run(config, task, ["optim=fast"]).return_value == (1.0, ".of_the_store")
    (jobs,) = hydra_multirun(config, task, ["optim=slow,fast"])
    assert [job.return_value[0] for job in jobs] == [0.1, 1.0]


def test_stored_configs_are_composed_by_hydra_itself():
    """Plain Hydra composes an app from the store's entries alone."""
    optimizer_store()

    with initialize(config_path=None, version_base="1.3"):
        config = compose("config", ["optim=fast"])

    assert instantiate(config.optim).lr == 1.0


def test_stored_configs_serve_a_program_with_hydra_main(tmp_path):
    """A program decorated with `@hydra.main` runs on stored configs alone."""
    program = tmp_path / "app.py"
    program.write_text(
        "import hydra\nfrom zenrun import store, instantiate\n"
        "@store(name='config', x=1)\ndef add(x, y=2): return x + y\n"
        "@hydra.main(config_path=None, config_name='config', version_base='1.3')\n"
        "def main(cfg): print('sum', instantiate(cfg))\n"
        "if __name__ == '__main__':\n    store.add_to_hydra_store()\n    main()\n"
    )

    done = subprocess.run(
        [sys.executable, str(program), "y=5"], capture_output=True, text=True, check=True
    )

    assert "sum 6" in done.stdout


def test_add_to_hydra_store_in_a_job_leaves_what_was_composed():
    """A task may call it: where nothing is new, the sweep need not compose again for that."""
    store = filled("g/a")
    store.add_to_hydra_store()

    def task(cfg):
        looks = ConfigStore.instance().looks
        store.add_to_hydra_store()
        return cfg.g.path, ConfigStore.instance().looks - looks

    assert hydra_run({}, task, ["+g=a"]).return_value == ("g/a", 0)


def test_add_to_hydra_store_in_a_job_reaches_later_runs():
    """What a task adds is in the ConfigStore that every run sees."""
    store = filled("g/a")

    hydra_run({}, lambda cfg: store.add_to_hydra_store())

    assert hydra_run({}, lambda cfg: cfg.g.path, ["+g=a"]).return_value == "g/a"


def test_add_to_hydra_store_looks_at_each_entry_a_fixed_number_of_times(monkeypatch):
    """Adding many configs takes steps in proportion to their number."""
    from zenrun._store import _publish

    counts = []
    found = _publish._found
    monkeypatch.setattr(_publish, "_found", lambda *args: counts.append(1) or found(*args))

    def steps(number):
        counts.clear()
        store = ZenStore()
        for index in range(number):
            store({"a": index}, name=f"n{index}", group=f"of_{number}")
        store.add_to_hydra_store()
        return len(counts)

    assert steps(200) <= 2 * steps(100)


# --- threads ---------------------------------------------------------------------------------------


def in_threads(*jobs):
    """Run jobs at once, and raise what they raise."""
    errors = []

    def caught(job):
        try:
            job()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=caught, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_store_loses_nothing_that_threads_store_at_once():
    """Entries of several threads, and of several stores, are all there and all in Hydra's."""
    shared = ZenStore()

    def fill(number):
        def job():
            own = ZenStore()
            for index in range(30):
                shared({"v": index}, name=f"n{index}", group=f"shared/{number}")
                own({"v": index}, name=f"n{index}", group=f"own/{number}")
                if index % 10 == 0:
                    shared.add_to_hydra_store()
                    own.add_to_hydra_store()
            own.add_to_hydra_store()

        return job

    in_threads(*(fill(number) for number in range(4)))
    shared.add_to_hydra_store()

    assert len(shared) == 120
    for owner in ("shared", "own"):
        for number in range(4):
            assert in_hydra(f"{owner}/{number}", "n29") == {"v": 29}
            assert len(ConfigStore.instance().repo[owner][str(number)]) == 30


def test_store_makes_one_config_for_threads_that_ask_at_once():
    """Threads that look at an entry first, at the same time, get the same config."""
    store = ZenStore()
    meet = threading.Barrier(2)
    store(add, to_config=lambda target: (meet.wait(10) and None) or {"made": 1})
    got = []

    in_threads(*[lambda: got.append(store[None, "add"])] * 2)

    assert got[0] is got[1]
