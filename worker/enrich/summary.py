"""A summary in the publisher's own words: the first sentences, in which news tells what happened."""

from __future__ import annotations

import re

from dateline.nouns.enrichments import Enrichable

SENTENCES = 3
ENOUGH = 400  # characters, after which no further sentence is taken
LONGEST = 1_000  # characters of a summary: a sentence that never ends is cut at a word
LOOKED_AT = 6_000  # characters of the text
SHORTEST = 25  # characters of a paragraph that says something
_ENDS = ".!?…。！？।۔؟።"
_CLOSING = "\"'”’»«)]）」』"
# Behind a stop and a space a sentence begins with anything but a small letter.
_AFTER = f"[{re.escape(_CLOSING)}]*"
_END = re.compile(rf"[.!?…؟]+{_AFTER}(?=\s+[\w\"'“‘„«»¿¡(\[])|[。！？।۔።]+{_AFTER}")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(.])(?:[^\W\d_]|Mr|Mrs|Ms|Dr|Prof|St|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Capt|Rev|Hon|Jr|Sr|No|vs|Inc|Ltd|Co|Corp"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|approx|ca|bzw|usw|etc|Nr|Mio|Mrd|Std|Hr|Fr|Mme|Mlle|Sra?|Dra|art"
    r"|núm|pág|tel|ul|św|tzv|např|тыс|млн|млрд|руб|им|ул|стр|см)$"
)


class Summary:
    """{"text": "..."}: up to three sentences; None where the text has none."""

    name = "summary"
    version = "1"

    def enrich(self, article: Enrichable) -> dict[str, object] | None:
        """Take the first sentences, leaving out what stands above a story: headings, bylines, the title again."""
        taken: list[str] = []
        size = 0
        for paragraph in article.text[:LOOKED_AT].split("\n\n"):
            paragraph = " ".join(paragraph.split())
            if len(paragraph) < SHORTEST or paragraph.rstrip(_CLOSING)[-1:] not in _ENDS or paragraph == article.title:
                continue
            for sentence in _sentences(paragraph):
                taken.append(sentence)
                size += len(sentence) + 1
                if len(taken) == SENTENCES or size >= ENOUGH:
                    return {"text": _cut(" ".join(taken))}
        if not taken:
            taken = [" ".join(article.text[:LOOKED_AT].split())]
        return {"text": _cut(" ".join(taken))} if taken[0] else None


def _sentences(paragraph: str) -> list[str]:
    """A paragraph's sentences: at least one."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(paragraph):
        following = paragraph[end.end() :].lstrip()[:1]
        if following.islower() or (end[0] == "." and _ABBREVIATED.search(paragraph, start, end.start())):
            continue
        found.append(paragraph[start : end.end()].strip())
        start = end.end()
        if len(found) == SENTENCES:
            return found
    if rest := paragraph[start:].strip():
        found.append(rest)
    return found


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    head = text[:LONGEST]
    return (head.rpartition(" ")[0] or head) + " …"
