"""Which reports tell of one event: terms, the window of late reports, and the rules. Pure."""
