"""Which enrichers there are: those built in, the extras, and those of other packages by their entry points.

The built-in ones run while a page is read. All others run afterwards, in a process of their own that may be killed:
whatever they do, the article is saved by then. Nothing of theirs is imported before it is to run.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from dateline.errors import DatelineError
from dateline.settings import NAMES
from worker.enrich.enricher import Enricher
from worker.enrich.keywords import Keywords
from worker.enrich.language import Language
from worker.enrich.reading_time import ReadingTime
from worker.enrich.summary import Summary

GROUP = "dateline.enrichers"
SETTING = "DATELINE_ENRICH"
AT_ONCE: tuple[Enricher, ...] = (Language(), Summary(), Keywords(), ReadingTime())
BUILT_IN = {one.name: one for one in AT_ONCE}
EXTRAS = {
    "sentiment": "worker.enrich.sentiment:Sentiment",
    "places": "worker.enrich.places:Places",
    "entities": "worker.enrich.entities:Entities",
    "embeddings": "worker.enrich.embeddings:Embeddings",
}
ROOT = Path(__file__).parents[2]  # the checkout, where this is one
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class EnricherAway(DatelineError):
    """An enricher that was asked for cannot be had on this machine."""

    stage = "enriching"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The enrichers that are on, and what is wrong with the setting or with a package."""

    at_once: tuple[Enricher, ...]
    later: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (*(one.name for one in self.at_once), *self.later)


def chosen(wishes: Iterable[str]) -> Chosen:
    """The built-in ones and those of other packages, with the extras that are wished, without those told off (`-x`)."""
    wishes = tuple(wishes)
    off = {wish[1:] for wish in wishes if wish.startswith("-")}
    wished = [wish for wish in wishes if not wish.startswith("-")]
    brought, problems = others()
    known = {*BUILT_IN, *EXTRAS, *brought}
    problems = [*problems, *(f"{SETTING} names {name}, which is none" for name in (*wished, *off) if name not in known)]
    later = [name for name in EXTRAS if name in wished and name not in off]
    later += [name for name in sorted(brought) if name not in off]
    return Chosen(tuple(one for one in AT_ONCE if one.name not in off), tuple(later), tuple(problems))


@cache
def here() -> Chosen:
    """Those that this process's environment asks for."""
    return chosen(NAMES[SETTING][1](os.environ.get(SETTING, "")))


def available() -> dict[str, str]:
    """By name of every enricher where it comes from: "built in", "extra", or the distribution that brings it."""
    brought = {name: one.dist.name if one.dist else one.value for name, one in others()[0].items()}
    return {**dict.fromkeys(BUILT_IN, "built in"), **dict.fromkeys(EXTRAS, "extra"), **brought}


@cache
def load(name: str) -> Enricher:
    """The enricher of this name. Raises EnricherAway, saying what to install, where it cannot be had."""
    if name in BUILT_IN:
        return BUILT_IN[name]
    point = others()[0].get(name)
    if name not in EXTRAS and point is None:
        raise EnricherAway(f"no enricher is called {name}", remedy="`dateline enrich --list` names them")
    try:
        if name in EXTRAS:
            module, _, attribute = EXTRAS[name].partition(":")
            made = getattr(import_module(module), attribute)()
        else:
            assert point is not None
            made = point.load()
            made = made() if isinstance(made, type) else made
    except EnricherAway:
        raise
    except ImportError as error:
        remedy = install_extra(name) if name in EXTRAS else f"install what {name} needs"
        raise EnricherAway(f"{name} cannot run here: {error}", remedy=remedy) from error
    except Exception as error:
        raise EnricherAway(f"{name} cannot be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(made, Enricher) or made.name != name:
        raise EnricherAway(
            f"{name} is no enricher: it needs name = {name!r}, version and enrich()", remedy="see docs/enrichers.md"
        )
    return made


def install_extra(name: str) -> str:
    """The command that installs an extra's packages, as it can be typed from here: into the Python that runs."""
    if not (ROOT / "pyproject.toml").is_file():
        return f"install the packages of the extra {name!r} (docs/enrichers.md)"
    program, root = Path(sys.executable), "."
    if Path.cwd() != ROOT:
        root = str(ROOT)
    elif program.is_relative_to(ROOT):
        program = program.relative_to(ROOT)
    return f'{program} -m pip install -e "{root}[{name}]"'


@cache
def others() -> tuple[dict[str, EntryPoint], list[str]]:
    """The enrichers of other packages by name, and what is wrong with those that are left out."""
    found: dict[str, EntryPoint] = {}
    problems = []
    for point in entry_points(group=GROUP):
        if not _NAME.fullmatch(point.name):
            problems.append(f"{point.value} is called {point.name!r}: a name is of small letters, digits and _")
        elif point.name in BUILT_IN or point.name in EXTRAS or point.name in found:
            problems.append(f"{point.value} is called {point.name}, as another enricher is")
        else:
            found[point.name] = point
    return found, problems
