"""Overrides and a config in, the config that a job gets out."""
