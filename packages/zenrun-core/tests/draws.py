"""A search that draws by chance: the least that one is, for tests of what is around it."""

from __future__ import annotations

import random

from zenrun.sweep import SearchSweeper


class Draws(SearchSweeper):
    """Draws by chance."""

    def make_searcher(self, space, directions, seed):
        self.space, self.rng = space, random.Random(seed)
        return self

    def ask(self):
        return self.space.draw(self.rng)

    def tell(self, result):
        pass
