"""`zenrun plot` and `zenrun report`: files that are written, and what is printed of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from zenrun.results._writer import JournalWriter

pytest.importorskip("matplotlib")


@pytest.fixture(autouse=True)
def sweeps():
    """A sweep over two parameters, and one of a job that returned no number."""
    journal = JournalWriter(Path("texts"), {"sweep": "1"})
    journal.job_ended(0, ["x=1"], 1, "1", "COMPLETED", 0, 1, value="text")
    journal.close()
    journal = JournalWriter(Path("out"), {"sweep": "1", "config": "lr: 1\n"})
    for num in range(6):
        given = [f"lr={num // 2}", f"optim={'ab'[num % 2]}"]
        value = {"loss": num, "losses": [1, num]}
        journal.job_ended(num, given, 1, "1", "COMPLETED", 0, 1, value=value)
    journal.end("FINISHED")
    journal.close()


def test_plot_writes_the_pictures_that_suit_and_prints_their_names(printed):
    """Each in a file of a folder, named for what it shows."""
    names = printed("plot", "out").splitlines()

    assert names == [
        "plots/loss-against-lr.png",
        "plots/loss-against-optim.png",
        "plots/loss-by-lr-and-optim.png",
        "plots/losses-at-each-step.png",
    ]
    assert all(Path(name).read_bytes().startswith(b"\x89PNG") for name in names)


@pytest.mark.parametrize(
    ("args", "name"),
    [
        (["-x", "lr"], "plots/value-lr.png"),
        (["-x", "lr", "--by", "optim", "--value", "loss"], "plots/loss-value-lr-optim.png"),
        (["-x", "lr", "-y", "optim", "-o", "there"], "there/heatmap-lr-optim.png"),
        (["--by", "lr", "-o", "a/b.svg"], "a/b.svg"),
        (["--kind", "parallel", "-o", "."], "parallel.png"),
        (["--kind", "history", "-o", "c.pdf"], "c.pdf"),
    ],
    ids=str,
)
def test_plot_writes_the_one_picture_that_is_chosen(args, name, printed):
    """To a folder, or to a file whose name says in which format."""
    assert printed("plot", "out", *args) == f"{name}\n"

    starts = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    assert Path(name).read_bytes().startswith(starts[name[-3:]])


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["-o", "one.png"], "'one.png' is one file, and there are 4 pictures: 'loss against lr', "),
        (["-x", "lr", "-o", "one.doc"], "'one.doc' is no name of a picture: it ends in one of "),
        (["-x", "lrr"], "No job has a parameter 'lrr' (did you mean 'lr'?)"),
        (["--value", "los"], "did you mean 'loss'?"),
        (["-y", "lr"], "of the kind 'heatmap' needs -x, the name of a parameter"),
        (["--kind", "parallel", "--by", "lr"], "of the kind 'parallel' takes no --by"),
        (["--kind", "curvs"], "unknown kind 'curvs' (did you mean 'curves'?)"),
        (["-x", "lr", "-o", "taken/a.png"], "'taken': File exists"),
    ],
    ids=lambda item: " ".join(item) if isinstance(item, list) else "",
)
def test_plot_of_what_cannot_be_drawn_is_one_clear_error(args, says, refused):
    """What is wrong with the options, or with the place, and what there is."""
    Path("taken").touch()

    assert says in refused("plot", "out", *args)


def test_plot_of_a_sweep_without_numbers_says_so(printed, capsys):
    """There is nothing to draw: exit code 1, and no file."""
    assert printed("plot", "texts", code=1) == ""

    assert "zenrun: error: nothing to draw: in texts there are no " in capsys.readouterr().err
    assert not Path("plots").exists()


def test_report_writes_the_page_and_prints_its_name(printed):
    """report.html here, or where -o says; the title is the one that is given."""
    assert printed("report", "texts") == "report.html\n"
    assert printed("report", "texts", "-o", "a/b.html", "--title", "<Mine>") == "a/b.html\n"

    assert "&lt;Mine&gt;" in Path("a/b.html").read_text()
    assert Path("report.html").read_text().startswith("<!DOCTYPE html>")


def test_report_of_no_sweep_is_one_clear_error(refused):
    """Nothing is written."""
    assert "There is no folder '" in refused("report", "nowhere")
    assert not Path("report.html").exists()
