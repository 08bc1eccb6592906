"""The checks of a sweeper pass for one that keeps its promises, and find each that does not."""

from __future__ import annotations

import random

import pytest

from zenrun.sweep import SearchSweeper, Suggestion
from zenrun.testing import SWEEPER_CHECKS, check_sweeper


class Draws(SearchSweeper):
    """Draws by chance; each subclass but `Learns` breaks one promise."""

    def make_searcher(self, space, directions, seed):
        self.space, self.rng, self.told = space, random.Random(seed), []
        return self

    def ask(self):
        return self.space.draw(self.rng)

    def tell(self, result):
        self.told.append(result.value)


class Learns(Draws):
    """What it asks for depends on everything it was told, and in which order."""

    def ask(self):
        self.rng.seed(repr((len(self.told), self.told, self.rng.random())))
        return Suggestion(self.space.draw(self.rng), handle=len(self.told))


class Forgets(Draws):
    def make_searcher(self, space, directions, seed):
        return super().make_searcher(space, directions, None)


class Hurries(Learns):
    """Does not wait for its batch."""

    def read_settings(self):
        self.given["batch_size"] = None
        return super().read_settings()


class AsksOnce(Draws):
    def ask(self):
        return None if self.told else super().ask()


class ForgetsFailures(Draws):
    def read_result(self, trial, job, duration):
        result = super().read_result(trial, job, duration)
        if result.status == "FAILED":
            return type(result)(trial, "COMPLETED", (0.0,), job)
        return result


class OffByOne(Draws):
    def make_searcher(self, space, directions, seed):
        interval = type(space.dimensions["x"])
        parts = {**space.parts, "x": interval(-1.0, 2.0)}
        return super().make_searcher(type(space)(parts, space.conditions), directions, seed)


class Minimizes(Draws):
    def read_settings(self):
        self.given["direction"] = "minimize"
        return super().read_settings()


class GoesOn(Draws):
    def read_settings(self):
        self.given["target"] = None
        return super().read_settings()


@pytest.mark.parametrize("check", SWEEPER_CHECKS)
def test_check_passes_for_a_searcher_that_learns(check):
    """A search that depends on all results and their order keeps every promise."""
    check_sweeper(Learns, check)


@pytest.mark.parametrize(
    ("sweeper", "check"),
    [
        (Forgets, "same_seed"),
        (Hurries, "fixed_batch"),
        (AsksOnce, "number"),
        (ForgetsFailures, "failures"),
        (Forgets, "resume"),
        (OffByOne, "kinds"),
        (Minimizes, "direction"),
        (GoesOn, "target"),
    ],
)
def test_check_finds_a_broken_promise(sweeper, check):
    """Each check fails for a sweeper that breaks what it checks."""
    with pytest.raises((AssertionError, ValueError)):
        check_sweeper(sweeper, check)


def test_check_of_an_unknown_name_says_what_there_is():
    """An unknown check or kind is refused with the names there are."""
    with pytest.raises(ValueError, match="same_seed"):
        check_sweeper(Draws, "same_seeds")
    with pytest.raises(ValueError, match="float"):
        check_sweeper(Draws, kinds=["floats"])
