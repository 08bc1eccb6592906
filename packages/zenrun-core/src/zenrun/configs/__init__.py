"""Python objects in, configs that describe them out. Nothing here starts Hydra."""
