"""Validation of what targets are called with, by libraries that are installed apart."""
