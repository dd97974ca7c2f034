"""Texts that a site shows in place of many stories: the wall that no phrase tells. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from dateline.nouns.plans import Look
from worker.dedupe.looks import walled

MANY = 5  # of a site's pages whose feed titles differ: one text of them all is none of theirs
TOLD_BY = f"it stands at {MANY} or more of its site's pages whose feed titles differ"

SiteText = tuple[int, bytes]  # a source, and the hash of a text


def site_text(look: Look) -> SiteText | None:
    """The text that a look's page shows, as one of its site's; None where it shows none."""
    return (look.source_id, look.page.text_hash) if look.page is not None and look.page.text_hash else None


def repeated(looks: Iterable[Look], shown: Mapping[SiteText, Mapping[str, str]]) -> set[SiteText]:
    """The texts that these looks and what was shown before (feed titles by URL key) make walls together."""
    titles = {text: dict(before) for text, before in shown.items()}
    for look in looks:
        text = site_text(look)
        if text is not None and look.feed_title:
            titles.setdefault(text, {})[look.url_key] = look.feed_title
    return {
        text
        for text, by_url in titles.items()
        if len({" ".join(title.split()).casefold() for title in by_url.values()}) >= MANY
    }


def without(looks: Iterable[Look], walls: Collection[SiteText]) -> list[Look]:
    """The looks, those whose page shows one of these texts turned into looks at a wall."""
    return [walled(look, "repeated", TOLD_BY) if site_text(look) in walls else look for look in looks]
