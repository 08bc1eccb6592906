"""TensorBoardCallback: the event files of jobs, read back record by record."""

from __future__ import annotations

import math
import struct
import sys
from pathlib import Path

import pytest

from zenrun import hydra_multirun, hydra_run
from zenrun.errors import MissingExtraError

OUT = "hydra.sweep.dir=out"
TRACKED = "hydra/callbacks=tensorboard"


@pytest.fixture
def events():
    """Give a function that gives what is in the event files of a folder, in TensorBoard's order."""
    pytest.importorskip("tensorboardX", reason="the extra 'tensorboard' is not installed")
    from tensorboardX.proto.event_pb2 import Event

    def read(folder):
        found = []
        for path in sorted(Path(folder).glob("*tfevents*")):
            content = path.read_bytes()
            while content:
                (size,) = struct.unpack("<Q", content[:8])
                found.append(Event.FromString(content[12 : 12 + size]))
                content = content[16 + size :]
        return [(event.step, item) for event in found for item in event.summary.value]

    return read


def scalars(found):
    return [
        (item.tag, step, item.simple_value) for step, item in found if not item.HasField("metadata")
    ]


def texts(found):
    return {
        item.tag: item.tensor.string_val[0].decode()
        for _, item in found
        if item.metadata.plugin_data.plugin_name == "text"
    }


def sessions(found):
    from tensorboardX.proto.plugin_hparams_pb2 import HParamsPluginData

    data = [item.metadata.plugin_data for _, item in found]
    return [
        HParamsPluginData.FromString(one.content) for one in data if one.plugin_name == "hparams"
    ]


def train(cfg):
    """Return numbers and a series, or fail."""
    if cfg.lr > 1:
        raise ValueError(f"diverged at {cfg.lr}")
    return {"loss": cfg.lr**2, "curve": (3, 2.5), "nan": math.nan, "name": "net"}


def test_tensorboard_has_a_run_for_each_job(events):
    """A job's folder has its config, overrides, numbers, series, and what it failed with."""
    config = {"lr": 0.1, "model": {"name": "<b>net</b>"}, "on": False}
    asked = ["lr=0.5,2", "on=True", "model.name=null", OUT, TRACKED]
    hydra_multirun(config, train, asked, on_failure="return")

    good, bad = events("out/0"), events("out/1")
    assert [item if item[0] != "nan" else "nan" for item in scalars(good)] == [
        ("loss", 0, 0.25),
        "nan",
        ("curve", 0, 3.0),
        ("curve", 1, 2.5),
    ]
    config = "lr: 0.5", "model:", "  name: null", "'on': true"
    assert texts(good) == {"config": "\n".join(f"    {line}" for line in config)}
    start, end = sessions(good)
    hparams = start.session_start_info.hparams
    assert hparams["lr"].number_value == 0.5
    assert hparams["on"].bool_value is True
    assert hparams["model.name"].string_value == "None"
    assert (end.session_end_info.status, scalars(bad)) == (1, [])
    assert sessions(bad)[1].session_end_info.status == 2
    assert texts(bad)["error"].endswith("    ValueError: diverged at 2")
    assert texts(bad)["error"].startswith("    Traceback")


def test_tensorboard_writes_in_workers_and_over_its_own_files_alone(events):
    """In processes it is the same; a job that runs again replaces its events, not those of the task."""
    pytest.importorskip("loky", reason="the extra 'parallel' is not installed")

    def task(cfg):
        if cfg.x == 2 and not Path("mended").exists():
            raise ValueError
        return float(cfg.x)

    asked = {"executor": "loky", "concurrent": 1, "on_failure": "return"}
    hydra_multirun({"x": 0}, task, ["x=1,2", OUT, TRACKED], **asked)
    others = Path("out/1/events.out.tfevents.0000000001.of-the-task")
    others.touch()
    Path("mended").touch()
    hydra_multirun({"x": 0}, task, ["x=1,2", TRACKED], resume="out")

    assert scalars(events("out/0")) == [("value", 0, 1.0)]
    assert scalars(events("out/1")) == [("value", 0, 2.0)]
    assert [end.session_end_info.status for end in sessions(events("out/1"))[1:]] == [1]
    assert others.exists()


def test_tensorboard_that_cannot_write_costs_a_warning_and_no_job(events):
    """Where its file cannot be written the job's log says so; after three jobs in a row it is let be."""

    def task(cfg):
        return cfg.x

    broken = "hydra.hydra_logging.formatters.simple.format='%(message)s'"
    names = ["x=range(5)", OUT, TRACKED, broken]
    for num in range(5):  # a folder stands where each file should be replaced
        Path(f"out/{num}/events.out.tfevents.1.zenrun").mkdir(parents=True)
    (jobs,) = hydra_multirun({"x": 0}, task, names)

    assert [job.return_value for job in jobs] == [0, 1, 2, 3, 4]
    logs = [
        "".join(path.read_text() for path in Path(f"out/{num}").glob("*.log")) for num in range(5)
    ]
    warned = ["TensorBoard does not track job" in log for log in logs]
    assert warned == [True, True, True, False, False]
    assert "TensorBoard does not track job 0 x=0, which runs all the same: " in logs[0]
    assert "left alone" in logs[2]


def test_tensorboard_tracks_a_job_by_itself(events):
    """A job of hydra_run has its events in its folder; without overrides it has no hyperparameters."""
    hydra_run({"lr": 0.5}, train, ["hydra.run.dir=one", TRACKED])

    assert ("loss", 0, 0.25) in scalars(events("one"))
    assert len(sessions(events("one"))[0].session_start_info.hparams) == 0


def test_tensorboard_that_is_not_installed_is_an_error_before_any_job(monkeypatch):
    """The error names the extra, and is there before the first job."""
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    ran = []
    with pytest.raises(MissingExtraError, match=r'pip install "zenrun-core\[tensorboard\]"'):
        hydra_multirun({}, ran.append, [TRACKED, "+x=1,2"])
    assert ran == []
