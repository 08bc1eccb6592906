"""Everything global is as it was after a run, and runs do not see each other."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import logging.config
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hydra import compose, initialize
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.singleton import Singleton
from hydra.plugins.sweeper import Sweeper
from omegaconf import OmegaConf

from zenrun import hydra_multirun, hydra_run


class Interrupted(BaseException):
    """Stands for any end that is no Exception."""


def globals_now():
    root = logging.getLogger()
    gc.collect()  # handlers that earlier tests have left
    return {
        "cwd": os.getcwd(),
        "environ": dict(os.environ),
        "handlers": list(root.handlers),
        "level": root.level,
        "known handlers": [ref for ref in logging._handlerList if ref() is not None],
        "table": id(Singleton._instances),
        "repo": sorted(ConfigStore.instance().repo),
        "initialized": GlobalHydra.instance().is_initialized(),
        "hydra config": HydraConfig.initialized(),
        "configure": logging.config.DictConfigurator.configure,
    }


def change_everything():
    os.chdir("/")
    os.environ["ZENRUN_TEST"] = "left behind"
    os.environ.pop("HOME", None)
    logging.getLogger().setLevel(logging.CRITICAL)
    logging.getLogger().addHandler(logging.NullHandler())


@pytest.mark.parametrize("run", [hydra_run, hydra_multirun])
@pytest.mark.parametrize("end", [None, RuntimeError, KeyboardInterrupt, SystemExit, Interrupted])
def test_globals_are_put_back_however_a_run_ends(run, end):
    """After success, an error, Ctrl-C or an exit, every global is what it was."""

    def task(_):
        change_everything()
        if end is not None:
            raise end

    before = globals_now()
    if end is None:
        run({"a": 1}, task)
    else:
        with pytest.raises(end):
            run({"a": 1}, task)

    assert globals_now() == before


def test_globals_are_put_back_when_composing_fails():
    """A run that never gets to its task puts the globals back too."""
    before = globals_now()

    with pytest.raises(Exception, match="nope"):
        hydra_run({"a": 1}, lambda _: None, ["nope=1"])

    assert globals_now() == before


def test_globals_file_handler_of_the_program_goes_on(tmp_path):
    """A log file that the program has open before a run is still written after it."""
    handler = logging.FileHandler(tmp_path / "program.log")
    logging.getLogger().addHandler(handler)

    logging.getLogger().warning("before")
    hydra_run({}, lambda _: logging.getLogger().warning("inside"))
    logging.getLogger().warning("after")
    handler.close()

    assert (tmp_path / "program.log").read_text().split() == ["before", "after"]


def test_globals_run_of_one_leaves_no_open_log_file(tmp_path):
    """The log file of a job is closed when its run is over."""
    hydra_run({}, lambda _: logging.getLogger().info("x"), ["hydra.run.dir=out"])

    open_files = [os.readlink(f"/proc/self/fd/{fd}") for fd in _open_fds()]
    assert str(tmp_path / "out" / "hydra_run.log") not in open_files


def _open_fds():
    return [fd for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")]


def test_globals_resolvers_of_the_program_are_put_back():
    """A resolver that the program registered under one of Hydra's names is its own again."""
    OmegaConf.register_new_resolver("now", lambda _: "the program's", replace=True)

    hydra_run({}, lambda _: None)

    assert OmegaConf.create({"x": "${now:%Y}"}).x == "the program's"


def test_globals_config_store_keeps_what_a_task_stores():
    """What a task stores in the ConfigStore is there for later runs, as with Hydra."""

    def task(_):
        ConfigStore.instance().store(group="db", name="new", node={"port": 1})

    hydra_run({}, task)

    assert hydra_run({}, lambda cfg: cfg.db.port, ["+db=new"]).return_value == 1


@pytest.mark.filterwarnings("ignore")  # Hydra 1.4 warns of a name that is stored twice
def test_globals_config_store_keeps_what_a_task_stores_under_the_runs_own_name():
    """A task's own config of the name of the run's is stored, and does not change the run."""

    def task(_):
        ConfigStore.instance().store(name="hydra_run", node={"b": 2})

    hydra_run({"a": 1}, task)

    assert ConfigStore.instance().repo["hydra_run.yaml"].node == {"b": 2}
    assert hydra_run({"a": 1}, dict).return_value == {"a": 1}


def test_globals_logging_disabled_by_a_task_is_enabled_again():
    """logging.disable in a task does not outlive its run."""
    hydra_run({}, lambda _: logging.disable(logging.CRITICAL))

    assert logging.root.manager.disable == logging.NOTSET


def test_globals_logger_that_a_library_has_set_up_stays_so():
    """A library that a task is the first to import sets its logger up once, for the whole process."""
    handler = logging.NullHandler()

    def task(_):
        logger = logging.getLogger("imported_in_a_task")
        logger.setLevel(logging.ERROR)
        logger.addHandler(handler)
        logger.propagate = False

    hydra_run({}, task)

    logger = logging.getLogger("imported_in_a_task")
    assert (logger.level, logger.handlers, logger.propagate) == (logging.ERROR, [handler], False)


@pytest.mark.parametrize(
    "override",
    [
        "hydra.verbose=configured_by_a_run",
        "hydra.verbose=[configured_by_a_run]",
        "+hydra.job_logging.loggers.configured_by_a_run.level=ERROR",
        "+hydra.hydra_logging.loggers.configured_by_a_run.level=ERROR",
        "+hydra.job_logging.loggers.configured_by_a_run={level:ERROR,propagate:false}",
    ],
)
def test_globals_logger_that_a_run_has_configured_is_put_back(override):
    """What the logging configuration says of a logger, or hydra.verbose, holds for the run alone."""
    name = "configured_by_a_run"

    def task(_):
        return logging.getLogger(name).level

    ((job,),) = hydra_multirun({}, task, [override])
    single = hydra_run({}, task, [override])

    assert {job.return_value, single.return_value} <= {logging.DEBUG, logging.ERROR}
    logger = logging.getLogger(name)
    assert (logger.level, logger.propagate) == (logging.NOTSET, True)


def test_globals_removed_working_directory_costs_a_warning(tmp_path, monkeypatch):
    """A task that removes the working directory of the program does not hide its result."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)

    def task(_):
        os.chdir(tmp_path)
        gone.rmdir()
        return 1

    with pytest.warns(RuntimeWarning, match="gone"):
        job = hydra_run({}, task, [f"hydra.run.dir={tmp_path}/out"])

    assert job.return_value == 1


def test_program_may_have_initialized_hydra_itself():
    """A run works while the program uses Hydra's compose API, and leaves that alone."""
    ConfigStore.instance().store(name="mine", node={"x": 1})

    with initialize(config_path=None, version_base="1.3"):
        assert hydra_run({"y": 2}, lambda cfg: cfg.y).return_value == 2
        assert compose("mine").x == 1


# --- nested ------------------------------------------------------------------------------------


def test_nested_run_works_and_leaves_the_outer_one_alone():
    """A task may run jobs and sweeps of its own; its own config and globals stay."""

    def inner(cfg):
        return HydraConfig.get().job.name, cfg.x

    def outer(cfg):
        ran = hydra_run({"x": cfg.y + 1}, inner, job_name="inner").return_value
        (swept,) = hydra_multirun({"x": 0}, inner, ["x=1,2"], job_name="sweep")
        return ran, [job.return_value for job in swept], HydraConfig.get().job.name

    job = hydra_run({"y": 1}, outer, job_name="outer")

    assert job.return_value == (("inner", 2), [("sweep", 1), ("sweep", 2)], "outer")


def last_words(path):
    return [line.split()[-1] for line in Path(path).read_text().splitlines()]


def test_nested_run_has_its_own_log_file(tmp_path):
    """Each run's records go to its own log file, before, during and after the inner run."""
    log = logging.getLogger("nested")

    def inner(_):
        log.info("inner")

    def outer(_):
        log.info("before")
        hydra_run({}, inner, ["hydra.run.dir=inner"], job_name="inner")
        log.info("after")

    hydra_run({}, outer, ["hydra.run.dir=outer"], job_name="outer")

    assert last_words("outer/outer.log") == ["before", "after"]
    assert last_words("inner/inner.log") == ["inner"]


def test_nested_run_without_log_configuration_writes_to_the_outer_log():
    """An inner run that configures no logging logs where the outer one does."""

    def outer(_):
        hydra_run({}, lambda _: logging.info("inner"), with_log_configuration=False)

    hydra_run({}, outer, ["hydra.run.dir=outer"], job_name="outer")

    assert "inner" in Path("outer/outer.log").read_text()


def test_nested_run_that_fails_leaves_the_outer_one_alone():
    """An inner run's failure can be caught by the outer task, which goes on as before."""

    def fail(_):
        os.environ["INNER"] = "1"
        msg = "inner"
        raise ValueError(msg)

    def outer(_):
        with pytest.raises(ValueError, match="inner"):
            hydra_run({}, fail)
        return HydraConfig.get().job.name, "INNER" in os.environ

    assert hydra_run({}, outer, job_name="outer").return_value == ("outer", False)


def test_nested_config_is_not_seen_by_the_inner_run():
    """The outer run's config is no config of the inner run's ConfigStore."""

    def names(_):
        return [name for name in ConfigStore.instance().repo if name.endswith("_own.yaml")]

    def outer(_):
        return hydra_run({}, names, config_name="inner_own").return_value

    assert hydra_run({}, outer, config_name="outer_own").return_value == ["inner_own.yaml"]


# --- threads -----------------------------------------------------------------------------------


def test_threads_run_at_once_without_seeing_each_other(tmp_path):
    """Jobs in several threads each have their own config, HydraConfig, folder and log."""
    count, together = 6, threading.Barrier(6, timeout=60)
    log = logging.getLogger("threads")

    def task(cfg):
        together.wait()
        for _ in range(3):
            log.info("from %d", cfg.x)
            assert HydraConfig.get().job.name == f"job{cfg.x}"
            time.sleep(0.01)
        together.wait()
        return cfg.x

    def run(x):
        return hydra_run({"x": x}, task, [f"hydra.run.dir=out/{x}"], job_name=f"job{x}")

    before = globals_now()
    with ThreadPoolExecutor(count) as pool:
        jobs = list(pool.map(run, range(count)))

    assert [job.return_value for job in jobs] == list(range(count))
    for x in range(count):
        lines = (tmp_path / f"out/{x}/job{x}.log").read_text().splitlines()
        assert [line.split(" - ")[1] for line in lines] == [f"from {x}"] * 3
        assert OmegaConf.load(f"out/{x}/.hydra/hydra.yaml").hydra.job.name == f"job{x}"
    assert globals_now() == before


def test_threads_sweep_at_once():
    """Sweeps in several threads give each its own results."""

    def sweep(x):
        (jobs,) = hydra_multirun(
            {"x": x, "y": 0},
            lambda cfg: (cfg.x, cfg.y),
            ["y=1,2"],
            job_name=f"s{x}",
            **{"hydra.sweep.dir": f"out/{x}"},
        )
        return [job.return_value for job in jobs]

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(sweep, range(3))) == [[(x, 1), (x, 2)] for x in range(3)]


def test_threads_one_failing_leaves_the_others_alone():
    """A run that fails in one thread changes nothing for those in the others."""
    together = threading.Barrier(2, timeout=60)

    def task(cfg):
        together.wait()
        if cfg.x:
            msg = "failed"
            raise RuntimeError(msg)
        time.sleep(0.1)
        return HydraConfig.get().job.name

    with ThreadPoolExecutor(2) as pool:
        fine = pool.submit(hydra_run, {"x": 0}, task, job_name="fine")
        bad = pool.submit(hydra_run, {"x": 1}, task, job_name="bad")

    assert fine.result().return_value == "fine"
    with pytest.raises(RuntimeError, match="failed"):
        bad.result()


def test_threads_started_by_a_task_belong_to_its_run():
    """A plain thread that a task starts finds the run's HydraConfig."""

    def task(_):
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: HydraConfig.get().job.name).result()

    assert hydra_run({}, task, job_name="mine").return_value == "mine"


def test_threads_of_runs_that_are_active_at_once_keep_to_their_own():
    """Plain threads of several active tasks each see their own run, and log to its file."""
    together = threading.Barrier(3, timeout=60)

    def task(_):
        names = []

        def work():
            logging.getLogger("work").info("%s", HydraConfig.get().job.name)
            names.append(HydraConfig.get().job.name)

        together.wait()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        together.wait()
        return names

    def run(x):
        return hydra_run({}, task, {"hydra.run.dir": f"out/{x}"}, job_name=f"job{x}")

    with ThreadPoolExecutor(3) as pool:
        jobs = list(pool.map(run, range(3)))

    assert [job.return_value for job in jobs] == [["job0"], ["job1"], ["job2"]]
    for x in range(3):
        assert last_words(f"out/{x}/job{x}.log") == [f"job{x}"]


def test_threads_outside_of_runs_see_no_run():
    """While a job runs in a thread, the main thread and threads it starts may use Hydra."""
    started, over = threading.Event(), threading.Event()

    def task(_):
        started.set()
        assert over.wait(60)

    before = threading.Thread.start
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(hydra_run, {}, task)
        assert started.wait(60)
        try:
            assert not HydraConfig.initialized()
            with initialize(config_path=None, version_base="1.3"):
                assert compose(overrides=["+a=1"]).a == 1
            seen = []
            other = threading.Thread(target=lambda: seen.append(HydraConfig.initialized()))
            other.start()
            other.join()
        finally:
            over.set()
        job.result()

    assert seen == [False]
    assert threading.Thread.start is before


def test_threads_task_context_of_a_run_that_is_over_is_harmless():
    """Code that keeps a run's context after its end sees no run."""
    kept = []
    hydra_run({}, lambda _: kept.append(contextvars.copy_context()))

    assert kept[0].run(HydraConfig.initialized) is False


def test_async_tasks_run_jobs_in_threads_at_once():
    """asyncio.to_thread runs jobs side by side."""

    async def main():
        runs = [
            asyncio.to_thread(hydra_run, {"x": x}, lambda cfg: cfg.x, job_name=f"j{x}")
            for x in range(3)
        ]
        return [job.return_value for job in await asyncio.gather(*runs)]

    assert asyncio.run(main()) == [0, 1, 2]


# --- other ways to run Python -------------------------------------------------------------------


def python(*args, **kwargs):
    command = [sys.executable, *args]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, **kwargs
    )


APP = textwrap.dedent(
    """
    from zenrun import builds, hydra_run, hydra_multirun, instantiate
    def task(cfg):
        return cfg.a * 10
    job = hydra_run(dict(a=1), task, ["a=2"])
    print("RUN", job.return_value)
    jobs, = hydra_multirun(builds(dict, a=1), instantiate, ["a=3,4"])
    print("SWEEP", [job.return_value for job in jobs])
    """
)


@pytest.mark.parametrize("way", ["script", "-c", "stdin", "interactive"])
def test_program_of_any_kind_runs_jobs(way, tmp_path):
    """Runs work from a script, from python -c, from a pipe (no file) and in a shell."""
    if way == "script":
        (tmp_path / "app.py").write_text(APP)
        done = python("app.py")
    elif way == "-c":
        done = python("-c", APP)
    elif way == "stdin":
        done = python("-", input=APP)
    else:
        done = python("-i", "-q", input=APP.replace("\ndef", "\n\ndef").replace("10\n", "10\n\n"))

    assert "RUN 20" in done.stdout, done.stderr
    assert "SWEEP [{'a': 3}, {'a': 4}]" in done.stdout, done.stderr


def test_program_inside_hydra_main_runs_jobs(tmp_path):
    """A @hydra.main job may run jobs and sweeps, and its own run goes on as it was."""
    (tmp_path / "app.py").write_text(
        textwrap.dedent(
            """
            import logging, hydra
            from hydra.core.hydra_config import HydraConfig
            from hydra.core.global_hydra import GlobalHydra
            from zenrun import hydra_run, hydra_multirun

            @hydra.main(config_path=None, version_base="1.3")
            def main(cfg):
                logging.info("outer before")
                job = hydra_run(dict(a=1), lambda c: c.a, ["a=5"], job_name="inner")
                jobs, = hydra_multirun(dict(a=1), lambda c: c.a, ["a=6,7"], job_name="inner")
                logging.info("outer after")
                print("GOT", cfg.z, job.return_value, [j.return_value for j in jobs])
                print("NAME", HydraConfig.get().job.name, GlobalHydra.instance().is_initialized())

            if __name__ == "__main__":
                main()
            """
        )
    )

    done = python("app.py", "+z=9", "hydra.run.dir=out")

    assert "GOT 9 5 [6, 7]" in done.stdout, done.stderr
    assert "NAME app True" in done.stdout
    lines = (tmp_path / "out/app.log").read_text().splitlines()
    assert [line.split(" - ")[1] for line in lines] == ["outer before", "outer after"]


def test_program_interrupted_by_ctrl_c_puts_everything_back(tmp_path):
    """A real SIGINT in the middle of a job reaches the program, with its globals as before."""
    (tmp_path / "app.py").write_text(
        textwrap.dedent(
            """
            import logging, os, sys, time
            from zenrun import hydra_run
            def task(cfg):
                os.chdir("/")
                os.environ["LEFT"] = "1"
                print("READY", flush=True)
                time.sleep(60)
            cwd = os.getcwd()
            try:
                hydra_run({}, task)
            except KeyboardInterrupt:
                print("BACK", os.getcwd() == cwd, "LEFT" in os.environ, logging.root.handlers)
            """
        )
    )
    program = subprocess.Popen(
        [sys.executable, "app.py"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert program.stdout.readline().strip() == "READY"

    program.send_signal(signal.SIGINT)
    out, _ = program.communicate(timeout=60)

    assert "BACK True False []" in out


def test_program_interrupted_twice_puts_everything_back(tmp_path):
    """A second Ctrl-C, while a slow log handler closes, loses nothing of the putting back."""
    (tmp_path / "app.py").write_text(
        textwrap.dedent(
            """
            import logging, logging.config, os, signal, threading, time
            from hydra.core.singleton import Singleton
            from zenrun import hydra_run

            class Slow(logging.StreamHandler):
                def close(self):
                    print("CLOSING", flush=True)
                    time.sleep(1.5)
                    super().close()

            def task(cfg):
                os.environ["LEFT"] = "1"
                later = lambda: os.kill(os.getpid(), signal.SIGINT)
                threading.Timer(0.2, later).start()
                raise KeyboardInterrupt

            def now():
                return (id(Singleton._instances), logging.config.DictConfigurator.configure,
                        threading.Thread.start, "LEFT" in os.environ, logging.root.handlers[:])

            slow = {"handlers": {"slow": {"class": "__main__.Slow"}},
                    "root": {"handlers": ["console", "slow"]}}
            before = now()
            try:
                hydra_run({"hydra": {"job_logging": slow}}, task)
            except KeyboardInterrupt:
                print("SAME", now() == before)
            """
        )
    )

    done = python("app.py")

    assert "CLOSING" in done.stdout, done.stderr
    assert "SAME True" in done.stdout, done.stderr


class TornSweeper(Sweeper):
    """Cleans up badly after a Ctrl-C, as OmegaConf does in the middle of making a node."""

    def setup(self, *, hydra_context, task_function, config):
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            None.invalidate()

    def sweep(self, arguments):
        raise NotImplementedError


def test_interrupt_is_one_also_where_cleaning_up_fails():
    """A Ctrl-C that Hydra's or a plugin's cleaning up makes an error of still stops the program."""
    node = {"_target_": f"{__name__}.TornSweeper"}
    ConfigStore.instance().store(group="hydra/sweeper", name="torn", node=node)

    with pytest.raises(KeyboardInterrupt) as caught:
        hydra_multirun({}, print, ["hydra/sweeper=torn"])

    assert isinstance(caught.value.__cause__, AttributeError)


def test_interrupt_that_a_task_makes_an_error_of_is_that_error():
    """What a task raises because of a Ctrl-C is the task's to decide."""

    def task(_):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            msg = "saved, then stopped"
            raise RuntimeError(msg) from None

    with pytest.raises(RuntimeError, match="saved"):
        hydra_run({}, task)
    with pytest.raises(RuntimeError, match="saved"):
        hydra_multirun({}, task)
