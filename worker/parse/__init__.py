"""Pure readers: bytes in, nouns out."""
