"""Python objects in, configs that describe them out. Nothing here starts Hydra."""

from zenrun.configs._pickle import let_dataclasses_travel

let_dataclasses_travel()  # here, so that no part of zenrun can be used without it
