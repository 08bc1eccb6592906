"""Each input that a user can get wrong gives one clear error, of a type already caught."""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass

import hydra
import pytest
from hydra.core.config_store import ConfigStore
from hydra.errors import (
    ConfigCompositionException,
    HydraException,
    InstantiationException,
    MissingConfigException,
    OverrideParseException,
)
from omegaconf import MISSING, DictConfig, OmegaConf
from omegaconf.errors import MissingMandatoryValue, ValidationError

from zenrun import builds, hydra_multirun, hydra_run, instantiate, make_config
from zenrun.errors import (
    ConfigNameError,
    ConfigPathError,
    ConfigTypeError,
    GroupOptionError,
    InvalidVersionBaseError,
    MissingValueError,
    OutputDirError,
    OverrideSyntaxError,
    OverrideValueError,
    TaskFunctionError,
    UnknownOverrideError,
    UnsupportedValueError,
    ZenrunError,
)


@dataclass
class Typed:
    epochs: int = 1
    rate: float = 0.1


def task(cfg):
    return cfg


@pytest.mark.parametrize("run", [hydra_run, hydra_multirun])
def test_unknown_override_names_the_nearest_keys(run):
    """An override of a key that is not there says which are, and how to add it."""
    with pytest.raises(UnknownOverrideError, match=r"epoch=3.*nearest there: epochs") as caught:
        run(Typed, task, ["epoch=3"])

    assert isinstance(caught.value, ConfigCompositionException)
    assert caught.value.key == "epoch"
    assert caught.value.nearest == ("epochs",)
    assert "+epoch=3" in str(caught.value)


def test_unknown_override_finds_the_key_deeper_down():
    """A key given without its path is found by its last name."""
    with pytest.raises(UnknownOverrideError, match="model.optim.lr"):
        hydra_run({"model": {"optim": {"lr": 1}}}, task, ["lr=2"])


def test_unknown_override_of_hydras_own_keys_names_those():
    """A key of hydra's own settings is compared with those."""
    with pytest.raises(UnknownOverrideError, match="hydra.sweeper"):
        hydra_run({}, task, ["hydra.sweepr=1"])


def test_unknown_override_of_a_group_not_in_the_defaults_list_says_so():
    """Choosing a stored group that the defaults list lacks asks for a plus sign."""
    ConfigStore.instance().store(group="optim", name="sgd", node={"lr": 1})

    with pytest.raises(UnknownOverrideError, match=r"write \+optim=sgd"):
        hydra_run({"a": 1}, task, ["optim=sgd"])


def test_unknown_deletion_is_refused():
    """Deleting what is not there is an error that lists what is."""
    with pytest.raises(UnknownOverrideError, match="epochs, rate"):
        hydra_run(Typed, task, ["~zzz"])


@pytest.mark.parametrize(
    ("override", "column"),
    [
        ("a=[1", 6),
        ("a={b:", 5),
        ("a", 3),
        ("a b=1", 1),
        ("a=f(", 4),
        # Hydra's grammar reads these; what follows is an assertion or an error of another kind.
        ("=1", 0),
        ("=x", 0),
        ("+=x", 1),
        ("++=1", 2),
        ("~", 1),
        ("~=x", 1),
        ("+@b=x", 1),
    ],
)
def test_bad_grammar_points_at_the_place(override, column):
    """An override outside Hydra's grammar is shown with a mark under the place."""
    with pytest.raises(OverrideSyntaxError) as caught:
        hydra_run({"a": 1}, task, [override])

    error = caught.value
    assert isinstance(error, OverrideParseException)
    assert error.override == override
    assert error.column is not None
    shown, mark = str(error).splitlines()[1:3]
    assert shown.strip() == override
    assert mark.index("^") - 4 == error.column <= column


@pytest.mark.parametrize("override", ["a=1,2", "a=range(3)"])
def test_sweep_in_a_single_run_says_what_to_call(override):
    """Several values in hydra_run are refused, with hydra_multirun named."""
    with pytest.raises(ConfigCompositionException, match="hydra_multirun") as caught:
        hydra_run({"a": 1}, task, [override])

    assert isinstance(caught.value, ZenrunError)


def test_unknown_key_inside_a_value_names_its_path():
    """A dict that gives a node a key it does not have is told of that key, and of the way to add it."""
    with pytest.raises(UnknownOverrideError, match=r"x\.c.*\+\+x=") as caught:
        hydra_run({"x": {"a": 1}}, task, {"x": {"c": 5}})

    assert caught.value.key == "x.c"


def test_deletion_of_another_value_says_which_is_there():
    """Deleting a key only if it has a value says what value it has."""
    with pytest.raises(OverrideValueError, match="value of 'x' is 1 and not 7"):
        hydra_run({"x": 1}, task, ["~x=7"])


def test_missing_option_lists_the_options():
    """A choice that a group does not have gives the choices there are."""
    store = ConfigStore.instance()
    store.store(group="optim", name="sgd", node={"lr": 1})
    store.store(group="optim", name="adam", node={"lr": 1})

    with pytest.raises(GroupOptionError, match="'sgdd'.*did you mean 'sgd'.*adam, sgd") as caught:
        hydra_run({}, task, ["+optim=sgdd"])

    assert isinstance(caught.value, MissingConfigException)
    assert sorted(caught.value.options) == ["adam", "sgd"]


def test_missing_launcher_lists_the_launchers():
    """A launcher that is not installed gives those that are."""
    with pytest.raises(GroupOptionError, match="'hydra/launcher' has no option 'slurm'.*basic"):
        hydra_multirun({}, task, ["hydra/launcher=slurm"])


def test_missing_group_choice_is_asked_for():
    """A mandatory choice of the defaults list that nobody made names the options."""
    ConfigStore.instance().store(group="db", name="mysql", node={"port": 1})
    config = make_config("db", hydra_defaults=["_self_", {"db": "???"}])

    with pytest.raises(ConfigCompositionException, match=r"(?s)must specify 'db'.*mysql") as caught:
        hydra_run(config, task)

    assert isinstance(caught.value, ZenrunError)


@pytest.mark.parametrize("run", [hydra_run, hydra_multirun])
def test_value_of_wrong_type_names_the_place(run):
    """A value that a typed field does not take names the override and the path."""
    with pytest.raises(OverrideValueError, match=r"(?s)epochs=abc.*config path: epochs") as caught:
        run(Typed, task, ["epochs=abc"])

    assert isinstance(caught.value, ConfigCompositionException)
    assert isinstance(caught.value, ValidationError)


def test_interval_for_the_basic_sweeper_names_one_that_can():
    """Hydra's basic sweeper cannot search; the error says which one can."""
    with pytest.raises(HydraException, match="hydra/sweeper=random_search") as caught:
        hydra_multirun(Typed, task, ["rate=interval(0,1)"])

    assert isinstance(caught.value, ZenrunError)


@pytest.mark.parametrize(
    "config",
    [None, 3, "text", [1], object, task, DictConfig(None), DictConfig("???")],
)
def test_config_that_is_none_is_refused(config):
    """What is no config is refused, with what a config is."""
    with pytest.raises(ConfigTypeError, match="dataclass type or an instance") as caught:
        hydra_run(config, task)

    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, ValidationError)


def test_config_with_a_value_it_cannot_hold_names_the_path():
    """A dict config with an object that no config holds says where it stands."""
    with pytest.raises(UnsupportedValueError, match=r"model\.layers\[1\]") as caught:
        hydra_run({"model": {"layers": [1, object()]}}, task)

    assert caught.value.path == "model.layers[1]"


@pytest.mark.parametrize(
    ("function", "says"),
    [(None, "NoneType"), (3, "int"), (lambda: 1, "one argument"), (lambda a, b: 1, "one argument")],
)
def test_task_that_cannot_be_called_is_refused(function, says):
    """A task that is not callable, or not with one argument, is refused before anything runs."""
    with pytest.raises(TaskFunctionError, match=says) as caught:
        hydra_run({}, function)

    assert isinstance(caught.value, TypeError)
    assert not os.path.exists("outputs")


@pytest.mark.parametrize("run", [hydra_run, hydra_multirun])
def test_missing_mandatory_values_are_all_named(run):
    """A task that reads a value that nobody gave is told of every one that is missing."""
    config = make_config("lr", "seed", epochs=1)

    with pytest.raises(MissingValueError, match="lr, seed") as caught:
        run(config, lambda cfg: cfg.lr)

    assert isinstance(caught.value, MissingMandatoryValue)
    assert caught.value.keys == ("lr", "seed")


def test_missing_mandatory_value_in_instantiate_is_named():
    """A mandatory value that instantiate meets is the same error."""
    with pytest.raises(MissingValueError, match="no value for a") as caught:
        hydra_run(builds(dict, a=MISSING), instantiate)

    assert isinstance(caught.value, InstantiationException)


def test_missing_mandatory_value_of_hydras_own_is_named():
    """A mandatory value among Hydra's own settings is the same error."""
    with pytest.raises(MissingValueError, match=r"hydra\.sweeper\.max_batch_size"):
        hydra_multirun({"a": 1}, task, ["a=1,2", "hydra.sweeper.max_batch_size=???"])


@pytest.mark.parametrize(
    ("run", "override"),
    [
        (hydra_run, "hydra.run.dir=taken"),
        (hydra_run, "hydra.run.dir=taken/below"),
        (hydra_multirun, "hydra.sweep.dir=taken"),
        (hydra_multirun, "hydra.sweep.dir=taken/below"),
    ],
)
def test_output_folder_that_cannot_be_written_is_named(run, override, tmp_path):
    """A folder that cannot be made is named, with the settings that choose it."""
    (tmp_path / "taken").write_text("a file stands here")

    with pytest.raises(OutputDirError, match=r"taken.*hydra\.sweep\.dir") as caught:
        run({}, task, [override])

    assert isinstance(caught.value, OSError)


def test_output_folder_that_is_read_only_is_named(tmp_path):
    """A folder that may not be written to is named."""
    if os.geteuid() == 0:
        folder = "/proc/zenrun"  # root may write anywhere else
    else:
        (tmp_path / "locked").mkdir(mode=0o500)
        folder = tmp_path / "locked" / "out"

    with pytest.raises(OutputDirError, match="cannot be written"):
        hydra_run({}, task, {"hydra.run.dir": folder})


def test_error_of_the_task_about_files_is_its_own():
    """A file that the task itself cannot open is the task's own error."""
    with pytest.raises(FileNotFoundError) as caught:
        hydra_run({}, lambda _: open("/nowhere/file"))

    assert not isinstance(caught.value, ZenrunError)


@pytest.mark.parametrize("run", [hydra_run, hydra_multirun])
def test_error_of_the_task_about_files_of_omegaconf_is_its_own(run):
    """A file that OmegaConf cannot open for the task is the task's own error."""
    with pytest.raises(FileNotFoundError) as caught:
        run({}, lambda _: OmegaConf.load("nowhere.yaml"))

    assert not isinstance(caught.value, ZenrunError)


def test_error_of_the_task_about_its_own_config_is_its_own():
    """A value that is missing in a config of the task's own is the task's own error."""
    with pytest.raises(MissingMandatoryValue) as caught:
        hydra_run({"a": 1}, lambda _: OmegaConf.create({"own": "???"}).own)

    assert not isinstance(caught.value, ZenrunError)


def test_error_of_hydra_raised_by_the_task_is_its_own():
    """An error of Hydra's own type that the task raises goes through untouched."""
    error = ConfigCompositionException("the task's")

    def raising(_):
        raise error

    with pytest.raises(ConfigCompositionException) as caught:
        hydra_run({}, raising)

    assert caught.value is error


@pytest.mark.parametrize("where", ["nowhere", "file"])
def test_config_dir_that_is_no_folder_is_refused(where, tmp_path):
    """A config_dir that does not exist, or is a file, is named."""
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigPathError, match=where) as caught:
        hydra_run({}, task, config_dir=where)

    assert isinstance(caught.value, FileNotFoundError)


@pytest.mark.parametrize("folders", [[None], b"bytes", 3])
def test_config_dir_that_is_no_path_is_refused(folders):
    """What is no path is refused as one."""
    with pytest.raises(ConfigPathError, match="a path or a list of paths"):
        hydra_run({}, task, config_dir=folders)


def test_config_dir_with_a_file_of_the_configs_name_is_refused(tmp_path):
    """A yaml file that would be read in place of the given config is an error, not a surprise."""
    (tmp_path / "hydra_run.yaml").write_text("a: from the file\n")

    with pytest.raises(ConfigNameError, match="hydra_run.yaml"):
        hydra_run({"a": 1}, task, config_dir=tmp_path)

    assert hydra_run({"a": 1}, dict, config_dir=tmp_path, config_name="b").return_value == {"a": 1}


@pytest.mark.parametrize("name", ["", "a/b", "_self_", None, 3])
def test_config_name_that_is_none_is_refused(name):
    """A config's name is a name, not a path."""
    with pytest.raises(ConfigNameError, match="config_name"):
        hydra_run({}, task, config_name=name)


@pytest.mark.parametrize("version_base", ["0.9", "1.0", "nonsense"])
def test_version_base_that_hydra_refuses_is_named(version_base):
    """A version that the installed Hydra does not serve gives those that it does."""
    with pytest.raises(InvalidVersionBaseError, match='"1.3"'):
        hydra_run({}, task, version_base=version_base)


@pytest.mark.skipif(hydra.__version__ < "1.4", reason="Hydra 1.3 serves them")
@pytest.mark.parametrize("version_base", ["1.1", "1.2"])
def test_version_base_before_1_3_is_refused_by_hydra_1_4(version_base):
    """Hydra 1.4 no longer serves 1.1 and 1.2, and the error says what it serves."""
    with pytest.raises(InvalidVersionBaseError, match="1.4"):
        hydra_run({}, task, version_base=version_base)


@pytest.mark.parametrize(
    "overrides", [["nope=1"], ["a=[1"], ["+hydra/launcher=x"], ["a=1,2"], ["a.b=1"]]
)
def test_failed_run_leaves_nothing_in_the_config_store(overrides):
    """After a run that failed to compose the ConfigStore is what it was."""
    before = sorted(ConfigStore.instance().repo)

    with pytest.raises(ZenrunError):
        hydra_run({"a": 1}, task, overrides)

    assert sorted(ConfigStore.instance().repo) == before


@pytest.mark.parametrize(
    "error",
    [
        UnknownOverrideError("m", "k", ["n"]),
        OverrideSyntaxError("a=[", "m", 3),
        MissingValueError("m", ["a"]),
        GroupOptionError("m", "f", ["o"]),
        OutputDirError("m", "p"),
    ],
)
def test_error_survives_pickle(error):
    """An error comes back from another process with its message and its attributes."""
    back = pickle.loads(pickle.dumps(error))

    assert type(back) is type(error)
    assert str(back) == str(error) == "m"
    assert vars(back) == vars(error)
