"""Pure decisions on what is the same: URL identity and text fingerprints."""
