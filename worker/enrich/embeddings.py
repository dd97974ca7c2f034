"""A vector of an English article's title and lead, near those of articles alike (WordLlama). `dateline[embeddings]`.

The model comes with the package: nothing is downloaded.
"""

from __future__ import annotations

from pathlib import Path

from dateline.nouns.enrichments import Enrichable
from worker.enrich.language import language_of

MODEL, LENGTH = "l2_supercat", 256
LEAD = 1_500  # characters


class Embeddings:
    """{"model": "l2_supercat", "vector": [256 numbers of length 1 together]}; None for other languages."""

    name = "embeddings"
    version = "1"

    def __init__(self) -> None:
        import wordllama

        # Where the package keeps what it brought, which it otherwise looks for on the network.
        folder = Path(wordllama.__file__).parent
        self._model = wordllama.WordLlama.load(MODEL, cache_dir=folder, dim=LENGTH, disable_download=True)

    def enrich(self, article: Enrichable) -> dict[str, object] | None:
        """Embed title and lead together."""
        if language_of(article) != "en":
            return None
        [vector] = self._model.embed([f"{article.title}\n{article.text[:LEAD]}"], norm=True)
        return {"model": MODEL, "vector": [round(float(one), 4) for one in vector]}
