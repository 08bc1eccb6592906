"""The journal: whatever happens to its files, what is whole is read, and nothing wrong is."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import pytest

from zenrun import hydra_multirun, load_sweep
from zenrun.errors import JournalError
from zenrun.results._reader import read_journal
from zenrun.results._writer import JournalWriter

NIGHTLY = os.environ.get("ZENRUN_HYPOTHESIS") == "nightly"
OUT = "hydra.sweep.dir=out"
RETURNED = [7, {"a": [1.5, "é"]}, "text"]


@pytest.fixture
def journal():
    """The only file of a sweep of three jobs that has ended."""
    hydra_multirun({"x": 0}, lambda cfg: RETURNED[cfg.x], ["x=0,1,2", OUT])
    (path,) = Path("out/.zenrun/journal").glob("*.jsonl")
    return path


def whole_lines(content):
    """Give the entries of the lines that are as they were written, read in the plainest way."""
    for line in content.split(b"\n"):
        body, found, tail = line.rpartition(b',"crc":"')
        if found and tail == b'%08x"}' % zlib.crc32(body):
            yield json.loads(body + b"}")


def check_reading(path, content):
    """See that exactly the whole lines of a journal are read."""
    path.write_bytes(content)
    entries = list(whole_lines(content))
    finished = {
        entry["job"]: entry["value"]["json"]
        for entry in entries
        if entry.get("status") == "COMPLETED"
    }
    started = {entry["job"] for entry in entries if "job" in entry}
    sweep = load_sweep("out")
    assert {job.num for job in sweep} == started
    done = {job.num: job.return_value for job in sweep if job.status == "COMPLETED"}
    assert done == finished
    assert all(value == RETURNED[num] for num, value in done.items())
    assert {job.status for job in sweep if job.num not in done} <= {"LOST", "RUNNING"}
    lines = sum(1 for line in content.split(b"\n") if line)
    assert sweep.damaged == lines - len(entries)
    ends = [entry["end"] for entry in entries if "end" in entry and "job" not in entry]
    assert sweep.status == (ends[-1] if ends else "DEAD")
    return sweep


def test_journal_that_is_cut_anywhere_gives_what_is_whole(journal):
    """At each of its bytes: the records before the cut, and none that is wrong."""
    content = journal.read_bytes()
    counts = set()

    for size in range(len(content) + 1):
        sweep = check_reading(journal, content[:size])
        counts.add(sum(job.status == "COMPLETED" for job in sweep))

    assert counts == {0, 1, 2, 3}
    assert sweep.damaged == 0


def test_journal_with_a_wrong_byte_anywhere_gives_what_is_whole(journal):
    """Each of its bytes changed, each in a few ways: what is left is right, and damage is told of."""
    content = journal.read_bytes()

    for at in range(len(content)):
        into_newline = content[at] ^ 0x0A
        for change in (1, into_newline, 0x20, 0x80, content[at])[
            slice(None) if NIGHTLY else slice(at % 2, at % 2 + 1)
        ]:
            if change == 0:
                continue
            changed = bytearray(content)
            changed[at] ^= change
            sweep = check_reading(journal, bytes(changed))
            assert sweep.damaged > 0 or (changed[at] == 0x0A or at == len(content) - 1)
    assert len(content) > 1000


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n\n", b"{}", b"null\n", b"\x00" * 5000, b"\xff\xfe" * 100, b'{"crc":"00000000"}\n'],
    ids=repr,
)
def test_journal_of_nonsense_has_no_jobs(journal, content):
    """No content of a file is an error of another kind."""
    check_reading(journal, content)


@pytest.mark.parametrize("version", [2, 99, "next", None])
def test_journal_of_a_newer_format_is_refused(journal, version):
    """The error says to upgrade zenrun, and by which command."""
    head = {"zenrun_journal": version, "zenrun": "9.9", "sweep": "s"}
    body = json.dumps(head, separators=(",", ":"))[:-1].encode()
    journal.with_name("newer.jsonl").write_bytes(b'%s,"crc":"%08x"}\n' % (body, zlib.crc32(body)))

    with pytest.raises(
        JournalError, match=r"zenrun 9\.9 has written; .* pip install -U zenrun-core"
    ):
        load_sweep("out")


WRITES = """
import sys
from pathlib import Path
from zenrun.results._writer import JournalWriter

writer = JournalWriter(Path("out"), {"sweep": "s", "config": "", "overrides": []})
writer.open()
print("open", flush=True)
for num in range(COUNT):
    value = [num] * (num % 50) if num % 7 else bytes([num % 256]) * 20_000
    writer.job_started(num, [f"x={num}"], 1, "w", 0.0)
    writer.job_ended(num, [f"x={num}"], 1, "w", "COMPLETED", 0.0, 1.0, value=value)
writer.end("FINISHED")
writer.close()
"""


def written(num):
    return [num] * (num % 50) if num % 7 else bytes([num % 256]) * 20_000


def start_writing(count):
    writing = subprocess.Popen(
        [sys.executable, "-c", WRITES.replace("COUNT", str(count))], stdout=subprocess.PIPE
    )
    assert writing.stdout.readline() == b"open\n"
    return writing


def test_journal_is_read_by_two_while_it_is_written():
    """Each reader sees what only grows, and every value right."""
    writing = start_writing(700)
    seen = {0: [], 1: []}
    wrong = []

    def reads(name):
        while writing.poll() is None:
            try:
                sweep = load_sweep("out", unpickle=True)
                done = [job for job in sweep if job.status == "COMPLETED"]
                seen[name].append(len(done))
                wrong.extend(job.num for job in done[-5:] if job.return_value != written(job.num))
            except Exception as error:  # noqa: PERF203 - one is enough
                wrong.append(error)
                return

    threads = [threading.Thread(target=reads, args=(name,)) for name in seen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert writing.wait() == 0
    writing.stdout.close()
    assert wrong == []
    assert all(counts == sorted(counts) for counts in seen.values())
    assert [job.return_value for job in load_sweep("out", unpickle=True)] == [
        written(num) for num in range(700)
    ]


def test_journal_of_a_writer_that_was_killed_is_readable():
    """At random instants, kill -9: all that had been written but the last line, each value right."""
    rng = random.Random(8)
    counts = []
    for _ in range(50 if NIGHTLY else 5):
        shutil.rmtree("out", ignore_errors=True)
        writing = start_writing(100_000)
        time.sleep(rng.uniform(0.0, 0.06))
        writing.kill()
        assert writing.wait() == -signal.SIGKILL
        writing.stdout.close()

        sweep = load_sweep("out", unpickle=True)

        counts.append(len(sweep))
        assert sweep.damaged <= 1
        assert sweep.status == "DEAD"
        assert [job.num for job in sweep] == list(range(len(sweep)))
        assert {job.status for job in sweep[:-1]} <= {"COMPLETED"}
        assert all(
            job.return_value == written(job.num) for job in sweep if job.status == "COMPLETED"
        )
    assert len(set(counts)) > 1


def test_journal_has_each_line_whole_where_threads_write():
    """Eight threads write at once into one file."""
    writer = JournalWriter(Path("out"), {"sweep": "s", "config": ""})

    def writes(start):
        for num in range(start, 800, 8):
            writer.job_ended(num, [], 1, "w", "COMPLETED", 0.0, 1.0, value="z" * num)

    threads = [threading.Thread(target=writes, args=(start,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()

    sweep = load_sweep("out")
    assert sweep.damaged == 0
    assert [job.return_value for job in sweep] == ["z" * num for num in range(800)]


def test_journal_tells_attempts_apart():
    """Of several attempts the one that completed counts, whichever file it is in."""
    one = JournalWriter(Path("out"), {"sweep": "s", "config": "a: 1", "overrides": ["x=1"]})
    two = JournalWriter(Path("out"), {"sweep": "s"})
    one.job_started(0, ["x=1"], 1, "1", 1.0)
    one.job_ended(0, ["x=1"], 1, "1", "LOST", 1.0, 2.0, error="WorkerDiedError: gone")
    two.job_started(0, ["x=1"], 2, "2", 3.0)
    two.job_ended(0, ["x=1"], 2, "2", "COMPLETED", 3.0, 5.0, value=4)
    one.job_ended(0, ["x=1"], 3, "1", "FAILED", 6.0, 7.0, error="ValueError: late")
    for writer in (one, two):
        writer.close()

    read = read_journal(Path("out"))

    assert [record.status for record in read.attempts[0]] == ["LOST", "COMPLETED", "FAILED"]
    assert (read.jobs[0].attempt, read.jobs[0].duration) == (2, 2.0)
    assert load_sweep("out")[0].return_value == 4


def test_journal_keeps_notes():
    """The last of each name counts."""
    writer = JournalWriter(Path("out"), {"sweep": "s", "config": ""})
    writer.note("seed", 5)
    writer.note("seed", 6)
    writer.note("study", {"name": "s"})
    writer.close()

    assert load_sweep("out").notes == {"seed": 6, "study": {"name": "s"}}
