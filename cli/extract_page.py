"""`dateline extract --page`: one page read for a person: each field with its source, and why with `--explain`."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from cli.extract import MAX_FILE, Item, body_job, record
from cli.opening import page_key, remedy_here
from cli.output import clean, note, print_json, say
from dateline.errors import DatelineError, NotFound, UsageError
from dateline.nouns.articles import ParsedArticle
from dateline.nouns.explanations import FieldClaim, PageExplanation
from dateline.nouns.frontier import Fetched, FetchOutcome
from dateline.settings import load
from worker.parse.site_file import read_rule
from worker.parse.site_toml import RuleFileError
from worker.reader import Reader
from worker.reader_words import PageJob, ReadResult
from worker.sites import installed

FIELDS = (
    *("title", "byline", "agencies", "published_on", "published_at", "modified_at", "section", "page", "language"),
    *("kind", "paywalled", "canonical_url", "site_name", "image", "keywords", "views"),
)
DATES = frozenset(("published_on", "modified_at"))
NARROW = 60  # columns of a terminal under which values stand below their names
NAME = 15  # columns of a field's name


class FetchFailed(DatelineError):
    """The page could not be fetched."""

    stage = "fetch"


def show_page(page: str, *, url: str, site: str | None, explain: bool, ignore_robots: bool, as_json: bool) -> None:
    """Read one page, a URL or a file, and print what was read. Raises DatelineError where it cannot be."""
    rule = _rule_text(site) if site else ""
    for problem in installed()[1]:
        note(f"site rule not used: {clean(problem)}")
    job = _job(page, url, ignore_robots)
    with Reader() as reader:
        job = PageJob(job.body, job.url, job.content_encoding, job.content_type, site=rule, explain=True)
        result = reader.read([job])[0]
    error = result.error or (result.article.error if result.article else "")
    if error:
        raise DatelineError(f"the page cannot be read: {error}", stage=result.stage or "reading", remedy=result.remedy)
    why = result.explanation or PageExplanation()
    if site and why.rule:
        why = replace(why, rule=Path(site).stem, rule_path=site)
    if as_json:
        print_json(_record(page, job.url, result, why, explain=explain))
    else:
        _print(job.url or page, result.article or ParsedArticle(), why, explain=explain)


def _rule_text(site: str) -> str:
    """The text of a rule's file. Raises UsageError with file and line where it is broken."""
    path = Path(site)
    try:
        text = path.read_text(encoding="utf-8-sig")
        read_rule(text, path.stem, site)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the site rule {site} cannot be read: {error}") from error
    except RuleFileError as error:
        raise UsageError(f"{site}:{error.line}: {error}", remedy="docs/site-rules.md has every key") from error
    return text


def _job(page: str, url: str, ignore_robots: bool) -> PageJob:
    """The page's bytes: of a file where there is one of this name, else fetched."""
    path = Path(page)
    if "://" not in page:
        if not path.is_file():
            raise NotFound(f"no such file: {page}", remedy="a page on the net needs its https:// in front")
        with path.open("rb") as file:
            return body_job(file.read(MAX_FILE), Item(page, path, url))
    if url:
        raise UsageError("--url goes with a file: a fetched page has its own address")
    from worker.fetch.once import fetch_once  # here: a file needs none of it

    fetched = fetch_once(load(), page_key(page)[0], ignore_robots=ignore_robots)
    if fetched.outcome is not FetchOutcome.OK:
        words = fetched.error or str(fetched.outcome).replace("_", " ")
        raise FetchFailed(f"{page} cannot be fetched: {words}", remedy=_remedy(fetched, page))
    return PageJob(fetched.body, fetched.final_url, fetched.content_encoding, fetched.header("content-type"))


def _remedy(fetched: Fetched, page: str) -> str:
    """What helps whoever looks at one page: no service is asked here, and nothing is tried again."""
    from worker.fetch.outcomes import LATER

    if fetched.outcome is FetchOutcome.ROBOTS:
        return f"if you may all the same: dateline extract --page {page} --ignore-robots"
    return "" if fetched.remedy == LATER else remedy_here(fetched.remedy, f"dateline extract --page {page}")


# --- for programs ---


def _record(page: str, url: str, result: ReadResult, why: PageExplanation, *, explain: bool) -> dict[str, Any]:
    line = record(Item(page, Path(page), url), result)
    line["site_rule"] = why.rule or None
    if explain:
        line["explain"] = {name: [asdict(claim) for claim in claims] for name, claims in why.fields.items()}
        line["counters"] = [asdict(counter) for counter in why.counters]
        line["body"] = {"reader": why.reader, "confidence": why.confidence}
        line["rule"] = {"name": why.rule, "path": why.rule_path, "gave": why.rule_gave, "views_url": why.views_url}
    return line


# --- for people ---


def _print(title: str, article: ParsedArticle, why: PageExplanation, *, explain: bool) -> None:
    say(clean(title))
    for name in FIELDS:
        # A day and its moment come from the same claims, which are told once.
        claims = why.fields.get(name, ()) if explain and name != "published_at" else ()
        for line in _field(name, article, claims):
            say(line)
    for line in _how(why, explain=explain):
        say(line)
    if article.text:
        say()
        say("\n\n".join(clean(paragraph) for paragraph in article.text.split("\n\n")))
    else:
        note("No text was found.")


def _field(name: str, article: ParsedArticle, claims: Iterable[FieldClaim]) -> Iterator[str]:
    """A field's lines: its value and source, then what others say of it."""
    value = _shown(name, article)
    if value:
        yield from _wrapped(name, value, article.provenance.get(name, ""))
    others = [claim for claim in claims if not claim.won]
    for place, claim in enumerate(others):
        said = clean(claim.value)
        agrees = value and said.casefold().startswith(value.casefold()) if name in DATES else said == value
        beside = "" if value or place else f"({name})"
        yield from _wrapped(beside, f"{'also' if agrees else 'not'}: {said}", claim.source)


def _shown(name: str, article: ParsedArticle) -> str:
    value = getattr(article, name)
    if name == "views" and article.views:
        about = "" if article.views.exact else "about "
        return f'{about}{article.views.count} ({article.views.extractor}: "{clean(article.views.matched)}")'
    if isinstance(value, tuple):
        return ", ".join(map(clean, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else clean(value.isoformat() if hasattr(value, "isoformat") else value)


def _how(why: PageExplanation, *, explain: bool) -> Iterator[str]:
    if why.rule:
        yield from _wrapped("site rule", f"{why.rule} ({why.rule_path})" if why.rule_path else why.rule)
    if not explain:
        return
    if why.rule:
        yield from _wrapped("", "it gave " + (", ".join(why.rule_gave) or "nothing on this page"))
    else:
        yield from _wrapped("site rule", "none for this host")
    if why.views_url:
        yield from _wrapped("json counter", clean(why.views_url))
    for counter in why.counters:
        if counter.dropped:
            yield from _wrapped("(views)", f'not: {counter.count} "{clean(counter.matched)}": {counter.dropped}')
    sure = f", expected F1 {why.confidence:.2f}" if why.confidence is not None else ""
    yield from _wrapped("text found by", (why.reader or "nobody") + sure)


def _wrapped(name: str, value: str, source: str = "") -> list[str]:
    """A name and its value, folded to the terminal's width; on a narrow one the value begins below its name."""
    width = shutil.get_terminal_size().columns
    text = f"{value}  [{source}]" if source else value
    if width < NARROW:
        return ([name] if name else []) + textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="  ")
    return textwrap.wrap(text, width, initial_indent=f"{name:<{NAME}} ", subsequent_indent=" " * (NAME + 1))
