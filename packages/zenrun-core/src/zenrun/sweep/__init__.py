"""Which jobs a sweep runs."""
