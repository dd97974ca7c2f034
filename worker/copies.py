"""The texts that those of a batch may be copies of: their keys claimed, whoever shares one looked up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from dateline.nouns.copies import KnownText
from dateline.nouns.plans import Look
from storage import articles, fingerprints
from worker.dedupe.candidates import keys_of, likely, mark_of
from worker.dedupe.decide import text_of


def texts_alike(tx: Connection, looks: Sequence[Look], now: datetime) -> dict[str, tuple[KnownText, ...]]:
    """By URL key what an article's text may be a copy of, the likeliest first, for those that show their first text.

    Two workers with copies of one story wait here for each other, so that the second finds the first. An article keeps
    the fingerprint of its first full text: whose copy it is does not change with its edits.
    """
    shown = [(look.url_key, made) for look in looks if (made := text_of(look)[0].fingerprint) is not None]
    before = articles.read_before(tx, {url_key for url_key, _ in shown})
    texts: dict[int, KnownText] = {}
    keys: dict[int, set[int]] = {}
    for url_key, made in shown:
        if url_key not in before:
            texts[mark_of(url_key)] = KnownText(url_key, made)
            keys.setdefault(mark_of(url_key), set()).update(keys_of(made))
    owners = fingerprints.claim(tx, keys, now)
    fingerprints.keep(tx, texts, now)
    alike = {mark: likely(mark, keys[mark], owners) for mark in texts}
    found = fingerprints.load(tx, {mark for marks in alike.values() for mark in marks})
    return {texts[mark].url_key: tuple(found[one] for one in marks if one in found) for mark, marks in alike.items()}
