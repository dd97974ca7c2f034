"""The roof: the `dateline` command."""
