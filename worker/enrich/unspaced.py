"""Keywords of scripts without spaces, where a word's bounds are not written.

Japanese writes its nouns in runs of kanji or katakana, which are taken as words. Chinese is cut into pairs of
characters; a pair that never stands without its neighbours grows with them. Nothing of the kind helps with Thai, Lao,
Khmer and Burmese, whose words only a dictionary parts: there are no keywords of theirs.
"""

from __future__ import annotations

import re
from collections import Counter

NO_WORDS = frozenset(("th", "lo", "km", "my", "bo"))
LOOKED_AT = 3_000  # characters of the text
LONGEST = 6  # characters of a Chinese keyword
# Characters that join words and are seldom part of a noun.
_LITTLE = "的了是在和有不这那我你他她它们也就都而及与或被把对从到说为以于将会能可要很更最还又但如因所其之个位名元"
_HAN = re.compile(f"[^\\W\\d_a-zA-Z{_LITTLE}]{{2,}}")
_JAPANESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff々]{2,8}|[\u30a1-\u30faー]{3,16}")
_EVERYWHERE = frozenset("日本 今回 今年 昨年 午前 午後 自分 場合 必要 可能 以上 以下 現在 発表 記事 写真".split())  # noqa: SIM905


def unspaced_keywords(title: str, text: str, language: str | None, most: int) -> list[str] | None:
    """The keywords of a Chinese or Japanese article, best first; None for other languages."""
    if language not in ("zh", "ja"):
        return None
    shown = f"{title}\n{text[:LOOKED_AT]}"
    counts = _chinese(shown) if language == "zh" else Counter(_JAPANESE.findall(shown))
    often = [word for word, count in counts.items() if count > 1 and word not in _EVERYWHERE]
    often.sort(key=lambda word: (-(counts[word] + (word in title)) * len(word), word))
    chosen: list[str] = []
    for word in often:
        if not any(word in other or other in word for other in chosen):
            chosen.append(word)
            if len(chosen) == most:
                break
    return chosen


def _chinese(text: str) -> Counter[str]:
    """Runs of two characters and more that recur, each counted where it is not part of a longer one as frequent."""
    counts: Counter[str] = Counter()
    runs = _HAN.findall(text)
    recurring = runs
    for size in range(2, LONGEST + 1):
        pieces = Counter(run[at : at + size] for run in recurring for at in range(len(run) - size + 1))
        frequent = {piece: count for piece, count in pieces.items() if count > 1}
        if not frequent:
            break
        for piece, count in frequent.items():
            for part in (piece[1:], piece[:-1]):
                if counts.get(part) == count:
                    del counts[part]
        counts.update(frequent)
        recurring = [run for run in recurring if len(run) > size]
    return counts
