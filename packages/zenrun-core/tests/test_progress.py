"""What a user sees while a sweep runs: in a terminal, in a notebook and in the log."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import pickle
import select
import subprocess
import sys
import threading
import time

import pytest

from zenrun.errors import MissingExtraError, ZenrunError
from zenrun.launchers._progress import progress_view

if sys.platform == "win32":
    pytest.skip("a bar is drawn where there are ptys", allow_module_level=True)

import fcntl
import pty
import struct
import termios

import pyte

LOG = logging.getLogger("zenrun.test_progress")


class Clock:
    """A clock that stands still unless it is moved."""

    now = 1000.0

    def __call__(self):
        return self.now

    def move(self, seconds):
        self.now += seconds


class Terminal:
    """A real pty, and what a person sees in it."""

    def __init__(self, rows=8, columns=100):
        self.master, self.slave = pty.openpty()
        self.raw = b""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.resize(rows, columns)
        self.file = open(self.slave, "w", closefd=False)

    def resize(self, rows, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def print(self, text):
        """Write as any process would that has inherited the terminal."""
        os.write(self.slave, text.encode())

    def read(self, seconds):
        if select.select([self.master], [], [], seconds)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:  # the last process that had it open has ended
                return
            self.raw += data
            self._stream.feed(data)

    @property
    def rows(self):
        return [row.rstrip() for row in self.screen.display]

    def wait_for(self, seen):
        """Read on until the rows are as wanted; if they never are, fail and show them."""
        deadline = time.monotonic() + 10
        while not seen(self.rows):
            assert time.monotonic() < deadline, "\n".join(self.rows)
            self.read(0.05)
        return self.rows

    def settle(self):
        """Read all that was written so far."""
        self.print("\x1b]0;settled\x07")  # the title, which no row shows
        deadline = time.monotonic() + 10
        while b"settled" not in self.raw:
            assert time.monotonic() < deadline
            self.read(0.05)
        self.raw = self.raw.replace(b"settled", b"")
        return self.rows

    def close(self):
        self.file.close()
        os.close(self.slave)
        os.close(self.master)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def lines(caplog):
    """The lines of the log, read and forgotten at each call."""
    caplog.set_level(logging.INFO)

    def read():
        found = [record.getMessage() for record in caplog.records if record.name == LOG.name]
        caplog.clear()
        return found

    return read


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    made = Terminal()
    yield made
    made.close()


def view_in(stderr, wanted, total, clock):
    """Give the view of a process with that stderr."""
    with contextlib.redirect_stderr(stderr):
        return progress_view(wanted, total, LOG, clock)


def run_jobs(view, clock, nums, *, seconds=1.0, status="COMPLETED"):
    for num in nums:
        view.started(num)
        clock.move(seconds)
        view.ended(num, status)


# --- lines in the log ------------------------------------------------------------------------------


def test_log_has_a_line_after_half_a_minute_and_then_ever_more_seldom(clock, lines):
    """Lines come 30 s apart at first, and never more often however many jobs end."""
    view = view_in(io.StringIO(), None, 40_000, clock)
    run_jobs(view, clock, range(29))
    assert lines() == []

    run_jobs(view, clock, range(29, 31))
    assert lines() == ["30/40000 jobs, 1.0 jobs/s, 11 h 6 min left"]

    run_jobs(view, clock, range(31, 3600))
    first_hour = len(lines())
    run_jobs(view, clock, range(3600, 36_000))
    assert 15 < first_hour < 60
    assert 40 < len(lines()) < 90
    view.close()


def test_log_says_all_there_is_to_say(clock, lines):
    """A line tells done, failed, called off, running, rate, time left and the best so far."""
    view = view_in(io.StringIO(), None, 100, clock)
    run_jobs(view, clock, range(16))
    for num, status in enumerate(["FAILED", "TIMED_OUT", "LOST"], 16):
        run_jobs(view, clock, [num], status=status)
    view.ended(99, "CANCELLED")
    view.best(0.123456, 7)
    view.started(19)
    view.started(20)
    clock.move(11)
    view.ended(19, "COMPLETED")
    view.tick()

    assert lines() == [
        "20/100 jobs, 3 failed, 1 cancelled, 1 running, 1.8 s/job, 2 min 21 s left, "
        "best 0.12346 (job 7)"
    ]
    clock.move(5)
    view.ended(20, "COMPLETED")
    view.close()
    assert lines() == ["21/100 jobs, 3 failed, 1 cancelled, in 35 s, best 0.12346 (job 7)"]


@pytest.mark.parametrize(("seconds", "said"), [(9.9, []), (10, ["1/1 job, in 10 s"])])
def test_log_has_no_line_of_a_short_sweep(clock, lines, seconds, said):
    """A sweep that ended within 10 s says nothing, and any other says once how it ended."""
    view = view_in(io.StringIO(), None, 1, clock)
    run_jobs(view, clock, [0], seconds=seconds)
    view.close()
    view.close()

    assert lines() == said


@pytest.mark.parametrize(
    ("seconds", "rate"),
    [
        (0.001, "1000 jobs/s"),
        (0.4, "2.5 jobs/s"),
        (2, "2.0 s/job"),
        (59, "59 s/job"),
        (210, "3.5 min/job"),
        (7200, "2.0 h/job"),
    ],
)
def test_log_tells_the_rate_in_the_unit_that_reads_well(clock, lines, seconds, rate):
    """Fast jobs are told by the second, slow ones by what one takes."""
    view = view_in(io.StringIO(), None, None, clock)
    run_jobs(view, clock, range(40_000 if seconds < 1 else 60), seconds=seconds)

    assert rate in lines()[0]
    view.close()


def test_time_left_goes_by_the_jobs_that_ended_last(clock, lines):
    """Jobs that became slower are expected to stay slow."""
    view = view_in(io.StringIO(), None, 1100, clock)
    run_jobs(view, clock, range(900), seconds=0.01)
    run_jobs(view, clock, range(900, 1000), seconds=6)

    lines()
    run_jobs(view, clock, range(1000, 1012), seconds=6)
    assert "6.0 s/job, 9 min " in lines()[-1]
    view.close()


def test_time_left_knows_at_the_first_end_that_others_started_with_it(clock, lines):
    """When the first of 8 jobs ends, 8 times its work is expected to be done by then, not once."""
    view = view_in(io.StringIO(), None, 80, clock)
    for num in range(8):
        view.started(num)
    clock.move(600)
    view.ended(0, "COMPLETED")

    assert lines() == ["1/80 jobs, 7 running, 1.2 min/job, 1 h 38 min left"]
    view.close()


def test_time_left_stays_if_many_end_at_once(clock, lines):
    """8 jobs that start and end together give a rate of 8, just after they ended and before."""
    view = view_in(io.StringIO(), None, 800, clock)
    for batch in range(20):
        for num in range(8):
            view.started(8 * batch + num)
        clock.move(80)
        for num in range(8):
            view.ended(8 * batch + num, "COMPLETED")
    lines()
    clock.move(79)
    view.tick()

    assert "s/job, 1 h " in lines()[0]
    view.close()


def test_time_left_is_not_that_of_an_earlier_run(clock, lines):
    """Jobs that a resumed sweep finds finished are done, but tell nothing of its pace."""
    view = view_in(io.StringIO(), None, 1000, clock)
    for num in range(990):
        view.ended(num, "COMPLETED")
    clock.move(30)
    view.tick()
    assert lines() == ["990/1000 jobs, 30 s so far"]

    run_jobs(view, clock, [990], seconds=60)
    assert lines() == ["991/1000 jobs, 1.0 min/job, 9 min 0 s left"]
    view.close()


def test_total_may_be_unknown_and_grow(clock, lines):
    """Without a total there is no time left; jobs that a search adds are counted."""
    view = view_in(io.StringIO(), None, None, clock)
    run_jobs(view, clock, [0], seconds=30)
    assert lines() == ["1 job, 30 s/job, 30 s so far"]

    view.add_total(3)
    view.add_total(2)
    run_jobs(view, clock, [1], seconds=30)
    assert lines() == ["2/5 jobs, 30 s/job, 1 min 30 s left"]
    view.close()


# --- which view ------------------------------------------------------------------------------------


def test_progress_unwanted_shows_nothing(terminal, clock, lines):
    """progress=False neither draws nor logs."""
    view = view_in(terminal.file, False, 10, clock)
    view.add_total(1)
    run_jobs(view, clock, range(10), seconds=100)
    view.best(1.0, 2)
    view.tick()
    view.close()

    assert lines() == []
    assert set(terminal.settle()) == {""}


@pytest.mark.parametrize("wanted", [None, True])
def test_progress_without_a_terminal_is_in_the_log(clock, lines, wanted):
    """A bar has no place in a file, so that what was to be seen is logged."""
    view = view_in(io.StringIO(), wanted, 1, clock)
    run_jobs(view, clock, [0], seconds=31)

    assert lines() == ["1/1 job, 31 s/job, 0 s left"]
    view.close()


def test_progress_without_stderr_is_in_the_log(clock, lines):
    """A process without stderr, as pythonw has none, logs."""
    view = view_in(None, None, 1, clock)
    run_jobs(view, clock, [0], seconds=31)

    assert len(lines()) == 1
    view.close()


def test_progress_in_a_dumb_terminal_is_in_the_log(terminal, monkeypatch, clock, lines):
    """A terminal that cannot move its cursor gets no bar."""
    monkeypatch.setenv("TERM", "dumb")
    view = view_in(terminal.file, None, 1, clock)
    run_jobs(view, clock, [0], seconds=31)

    assert len(lines()) == 1
    assert set(terminal.settle()) == {""}
    view.close()


def test_progress_of_a_sweep_within_a_sweep_is_in_the_log(terminal, clock, lines):
    """One terminal has one bar; when it has gone the next sweep may have one."""
    outer = view_in(terminal.file, None, 2, clock)
    inner = view_in(terminal.file, None, 5, clock)
    run_jobs(inner, clock, range(5), seconds=10)
    inner.close()
    outer.close()
    assert lines() == ["3/5 jobs, 10 s/job, 20 s left", "5/5 jobs, in 50 s"]

    view = view_in(terminal.file, None, 7, clock)
    run_jobs(view, clock, [0])
    terminal.wait_for(lambda rows: "1/7 jobs" in rows[-1])
    view.close()


WITHOUT_RICH = """
import logging, sys
sys.modules["rich"] = None
logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
from zenrun.errors import MissingExtraError
from zenrun.launchers._progress import progress_view
try:
    progress_view(True, 1, logging.getLogger())
except ImportError as error:
    print(type(error).__name__, error.name, error)
times = iter([0.0, 0.0, 31.0, 32.0])
view = progress_view(None, 1, logging.getLogger(), lambda: next(times))
view.started(0)
view.ended(0, "COMPLETED")
view.close()
"""


def test_progress_without_rich_says_how_to_have_it_and_is_in_the_log(terminal):
    """A wanted bar is an error that names the extra; one that was not asked for is lines in the log."""
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_RICH],
        stdout=subprocess.PIPE,
        stderr=terminal.slave,
        text=True,
        check=True,
    )

    assert ended.stdout.splitlines() == [
        "MissingExtraError rich progress=True, which draws a bar, needs rich, "
        "which is not installed.",
        'Install it with: pip install "zenrun-core[progress]"',
        "1/1 job, 31 s/job, 0 s left",
        "1/1 job, in 32 s",
    ]
    assert set(terminal.settle()) == {""}


def test_missing_extra_error_keeps_what_it_tells_through_pickle():
    """The error of a worker arrives with its attributes."""
    error = pickle.loads(pickle.dumps(MissingExtraError("dask", "distributed", "A Dask launcher")))

    assert (error.extra, error.package, error.what_for) == (
        "dask",
        "distributed",
        "A Dask launcher",
    )
    assert isinstance(error, ZenrunError)
    assert isinstance(error, ImportError)
    assert 'pip install "zenrun-core[dask]"' in str(error)


# --- the bar ---------------------------------------------------------------------------------------


def test_bar_is_in_the_bottom_row_and_output_of_anyone_scrolls_above_it(terminal, clock):
    """What is written to the terminal by whatever way is above the bar, whole and in order."""
    view = view_in(terminal.file, None, 100, clock)
    terminal.print("before\n")
    run_jobs(view, clock, range(3))
    view.best(0.5, 1)
    run_jobs(view, clock, [3], status="FAILED")
    for num in range(20):
        terminal.print(f"line {num}\n")
        view.started(10 + num)
        clock.move(0.3)
        view.tick()

    rows = terminal.wait_for(lambda rows: "20 running" in rows[-1])
    assert rows[:-1] == [*(f"line {num}" for num in range(14, 20)), ""]
    assert rows[-1][0] in "╸━"
    assert ", ".join(rows[-1].split(" ", 1)[1].split(", ")[:3]) == (
        "4/100 jobs, 1 failed, 20 running"
    )
    assert rows[-1].endswith("best 0.5 (job 1)")
    view.close()


def test_bar_leaves_half_lines_alone(terminal, clock):
    """Output that did not end its line goes on in it, whenever the bar is drawn and finished."""
    view = view_in(terminal.file, None, 2, clock)
    terminal.print("Training: ")
    run_jobs(view, clock, [0])
    terminal.print("loss=1")
    run_jobs(view, clock, [1])
    view.close()
    terminal.print("after\n")

    rows = terminal.wait_for(lambda rows: "after" in rows)
    assert rows[0] == "Training: loss=1"
    assert rows[1].endswith("2/2 jobs, in 2 s")
    assert rows[2:] == ["after", "", "", "", "", ""]


def test_bar_gives_back_what_it_took(terminal, clock):
    """After the end all rows scroll, no thread is left, and the streams were never others."""
    before = sys.stdout, sys.stderr, set(threading.enumerate())
    view = view_in(terminal.file, None, 2, clock)
    run_jobs(view, clock, range(2))
    assert (sys.stdout, sys.stderr) == before[:2]
    terminal.wait_for(lambda rows: "2/2" in rows[-1])
    assert terminal.screen.margins is not None
    view.close()
    view.close()

    for num in range(20):
        terminal.print(f"\nline {num}")
    assert terminal.wait_for(lambda rows: rows[-1] == "line 19")[0] == "line 12"
    assert (sys.stdout, sys.stderr, set(threading.enumerate())) == before


def test_bar_is_drawn_no_more_often_than_can_be_seen(terminal, clock):
    """10,000 jobs within a fifth of a second are drawn once."""
    view = view_in(terminal.file, None, 20_000, clock)
    run_jobs(view, clock, [0])
    terminal.wait_for(lambda rows: "1/20000" in rows[-1])
    size = len(terminal.raw)
    run_jobs(view, clock, range(1, 10_001), seconds=0.00001)
    terminal.settle()
    assert len(terminal.raw) - size < 100

    clock.move(0.2)
    view.tick()
    terminal.wait_for(lambda rows: "10001/20000" in rows[-1])
    view.close()


def test_bar_is_not_drawn_for_a_moment(terminal, clock):
    """A sweep that is over at once leaves nothing, unless its bar was asked for."""
    view = view_in(terminal.file, None, 2, clock)
    run_jobs(view, clock, range(2), seconds=0.1)
    view.close()
    assert set(terminal.settle()) == {""}

    view = view_in(terminal.file, True, 2, clock)
    run_jobs(view, clock, range(2), seconds=0.1)
    view.close()
    assert terminal.wait_for(lambda rows: "2/2 jobs" in rows[0])[0].endswith("2/2 jobs, in 0 s")


def test_bar_lives_while_a_job_in_this_process_tells_nothing(terminal):
    """Nobody has to call for the bar to be drawn, and to be drawn again."""
    view = view_in(terminal.file, None, 2, time.monotonic)
    view.started(0)

    terminal.wait_for(lambda rows: "0/2 jobs, 1 running" in rows[-1])
    view.add_total(5)
    terminal.wait_for(lambda rows: "0/7 jobs, 1 running" in rows[-1])
    view.close()


def test_bar_follows_the_size_of_the_terminal(terminal, clock):
    """In a terminal of another size the bar is in its bottom row, and fits."""
    view = view_in(terminal.file, None, 9, clock)
    run_jobs(view, clock, [0])
    view.best(1 / 3, 0)
    terminal.wait_for(lambda rows: "1/9 jobs" in rows[-1])

    terminal.resize(12, 40)
    run_jobs(view, clock, [1], status="FAILED")
    rows = terminal.wait_for(lambda rows: "2/9 jobs" in rows[-1])
    assert len(rows) == 12
    assert rows[-1].endswith("2/9 jobs, 1 failed, 7 s left")
    for num in range(20):
        terminal.print(f"line {num}\n")
    assert terminal.wait_for(lambda rows: "line 19" in rows)[-2:] == ["", rows[-1]]
    view.close()


def test_bar_of_an_unknown_total_is_words(terminal, clock):
    """Without a total there is no part of it to draw."""
    view = view_in(terminal.file, None, None, clock)
    run_jobs(view, clock, range(3))

    terminal.wait_for(lambda rows: rows[-1] == "3 jobs, 1.0 jobs/s, 3 s so far")
    view.close()


def test_bar_of_a_terminal_that_has_gone_does_not_stop_the_jobs(monkeypatch, clock):
    """A connection that breaks takes the bar along, and nothing else."""
    monkeypatch.setenv("TERM", "xterm-256color")
    gone = Terminal()
    view = view_in(gone.file, None, 9, clock)
    run_jobs(view, clock, [0])
    os.close(gone.master)
    run_jobs(view, clock, range(1, 9))
    view.close()

    gone.file.close()
    os.close(gone.slave)


SWEEP = """
import fcntl, logging, subprocess, sys, termios, time
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # as a shell gives it, so that Ctrl-C reaches it
from zenrun.launchers._progress import progress_view
before = sys.stdout, sys.stderr
worker = [sys.executable, "-c", "import time\\nfor n in range(3): print('worker', n, flush=True)"]
view = progress_view(None, 50, logging.getLogger())
try:
    for num in range(50):
        logging.basicConfig(stream=sys.stdout, level=20, force=True, format="[job] %(message)s")
        view.started(num)
        logging.info("lr=%s", num)
        if num == 3:
            time.sleep(0.7)
            subprocess.run(worker)
            print("in stderr", file=sys.stderr)
            print("ready")
            time.sleep(60)
        view.ended(num, "COMPLETED")
except KeyboardInterrupt:
    print("interrupted")
finally:
    view.close()
print((sys.stdout, sys.stderr) == before)
"""


def test_bar_of_an_interrupted_sweep_leaves_the_terminal_tidy(terminal):
    """Ctrl-C in a real terminal ends the bar; all that this and other processes printed is there."""
    terminal.resize(16, 80)
    at = terminal.slave
    with subprocess.Popen(
        [sys.executable, "-c", SWEEP], stdin=at, stdout=at, stderr=at, start_new_session=True
    ) as process:
        terminal.wait_for(lambda rows: "ready" in rows and "3/50 jobs, 1 running" in rows[-1])
        # The kernel hands on a line and its end apart, and ^C could come between them.
        terminal.wait_for(lambda rows: terminal.screen.cursor.x == 0)
        os.write(terminal.master, b"\x03")
        rows = terminal.wait_for(lambda rows: "True" in rows)

    assert process.returncode == 0
    printed = [f"[job] lr={num}" for num in range(4)]
    printed += ["worker 0", "worker 1", "worker 2", "in stderr", "ready", "^Cinterrupted"]
    assert rows[:10] == printed
    assert rows[10][0] in "╸━"
    assert "3/50 jobs, in " in rows[10]
    assert rows[11:] == ["True", "", "", "", ""]
    assert terminal.screen.margins is None


NOTEBOOK = """
import logging, sys, time
from zenrun.launchers._progress import progress_view
view = progress_view(None, 3, logging.getLogger())
for num in range(3):
    view.started(num)
    time.sleep(0.4)
    view.ended(num, "COMPLETED")
    print("job", num)
view.close()
"""


def test_bar_in_a_notebook_is_one_output_of_the_cell():
    """The bar is an output that changes in place, in HTML and in plain text."""
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(NOTEBOOK)])
    nbclient.NotebookClient(book, kernel_name="python3").execute()
    outputs = book.cells[0].outputs

    bars = [output.data for output in outputs if output.output_type == "display_data"]
    assert len(bars) == 1
    assert "3/3 jobs, in 1 s" in bars[0]["text/html"]
    assert "3/3 jobs, in 1 s" in bars[0]["text/plain"]
    printed = "".join(output.text for output in outputs if output.output_type == "stream")
    assert printed == "job 0\njob 1\njob 2\n"
