"""Counts in how many texts each word stands, language by language: what keywords are weighed by.

    python bench/count_words.py CORPUS_DIR... [--out worker/enrich/background] [--words 4000] [--least 60]

A CORPUS_DIR holds `truth.json`, which maps an id to {"file", "url", "body"}; a page without a body is read from its
file by our own reader. What is written holds counts alone: no text, and no word of fewer than three texts.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from worker.enrich.keywords import LOOKED_AT, cut
from worker.enrich.language import little_words, tell
from worker.enrich.unspaced import NO_WORDS
from worker.parse.article import PageInput, read_articles

LEAST = 3  # texts of a word that is kept: a rarer one is as good as unknown


def texts(folder: Path) -> Iterator[str]:
    for page in json.loads((folder / "truth.json").read_text(encoding="utf-8")).values():
        body = page.get("body")
        if isinstance(body, list):
            body = "\n\n".join(map(str, body))
        if not body:
            raw = (folder / page["file"]).read_bytes()
            html = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
            [article] = read_articles([PageInput(html, page["url"] or "http://example.org/", "text/html", None)])
            body = article.text
        if len(body) > 300:
            yield body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path("worker/enrich/background"))
    parser.add_argument("--words", type=int, default=4000, help="most frequent words kept of a language")
    parser.add_argument("--least", type=int, default=60, help="texts without which a language is left out")
    given = parser.parse_args()
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    total: Counter[str] = Counter()
    for folder in given.corpora:
        for text in texts(folder):
            language = (tell(text[:700]) or ("", 0))[0]
            total[language] += 1
            counts[language].update(
                {word for word in cut(text[:LOOKED_AT], language)[2] if len(word) > 2 and word.isalpha()}
            )
    given.out.mkdir(parents=True, exist_ok=True)
    for language, texts_counted in total.most_common():
        known = texts_counted >= given.least and language not in {"", "zh", "ja", *NO_WORDS}
        print(f"{language or '?'}: {texts_counted} texts{'' if known else ', left out'}")
        if not known:
            continue
        by_count: defaultdict[int, list[str]] = defaultdict(list)
        frequent = ((w, n) for w, n in counts[language].most_common() if n >= LEAST and w not in little_words(language))
        for (word, count), _ in zip(frequent, range(given.words), strict=False):
            by_count[count].append(word)
        lines = [f"texts {texts_counted}"]
        lines += [f"{count} {' '.join(sorted(words))}" for count, words in sorted(by_count.items(), reverse=True)]
        (given.out / f"{language}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
