"""How an English article's title and lead sound, by VADER's lexicon: good or bad. An extra: `dateline[sentiment]`."""

from __future__ import annotations

from dateline.nouns.enrichments import Enrichable
from worker.enrich.language import language_of

LEAD = 600  # characters: over a whole text the score only says how long it is


class Sentiment:
    """{"compound": -0.74, "negative": 0.51, "neutral": 0.49, "positive": 0.0}; None for other languages."""

    name = "sentiment"
    version = "1"

    def __init__(self) -> None:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

        self._analyzer = SentimentIntensityAnalyzer()

    def enrich(self, article: Enrichable) -> dict[str, float] | None:
        """Weigh the words of title and lead; `compound` is the sum of it, from -1 to 1."""
        if language_of(article) != "en":
            return None
        scores = self._analyzer.polarity_scores(f"{article.title}. {article.text[:LEAD]}")
        names = {"compound": "compound", "negative": "neg", "neutral": "neu", "positive": "pos"}
        return {name: round(scores[short], 3) for name, short in names.items()}
