"""From a rule file's text to the rule: keys checked, selectors compiled, every complaint with its line."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from turbohtml.query import compile as compile_selector

from worker.dedupe.url_rules import UrlRule
from worker.parse.site_rules import FIELDS, BodyRule, SiteRule, ViewsRule, plain_host
from worker.parse.site_state import StateSource, read_path
from worker.parse.site_toml import Table, read_table
from worker.parse.site_values import COUNT_WORD, CounterRule, DateRule, Pick

MAX_SELECTOR = 1_000  # characters
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f:.]+")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_PROBE = datetime(2019, 11, 23, 21, 47)  # noqa: DTZ001  a moment that no two parts of are alike


def read_rule(text: str, name: str, path: str = "") -> SiteRule:
    """The rule that a file's text says. Raises RuleFileError with the line of the first thing that is wrong."""
    top = read_table(text)
    top.only("hosts", "about", "drop", "state", "fields", "body", "counter", "views", "identity", "dates")
    top.text("about", "")
    hosts = tuple(top.read("hosts", host, _host) for host in top.texts("hosts"))
    if not hosts:
        raise top.wrong("hosts", 'hosts is missing: name at least one, such as hosts = ["example.com"]')
    state = _state(top)
    return SiteRule(
        name=name,
        hosts=hosts,
        path=path,
        fields=_fields(top, state is not None),
        body=_body(top, state is not None),
        drop=", ".join(_selector(top, "drop", one) for one in top.texts("drop")),
        state=state,
        counter=_counter(top, state is not None),
        views=_views(top, state is not None),
        identity=_identity(top),
        dates=_dates(top),
    )


def _host(text: str) -> str:
    below = text.startswith("*.")
    name = plain_host(text[2:] if below else text)
    if not _HOST.fullmatch(name) or (below and "." not in name) or "/" in text:
        raise ValueError(f'{text!r} is no host; right is "example.com", or "*.example.com" for all hosts below it')
    return f"*.{name}" if below else name


def _selector(table: Table, key: str, text: str) -> str:
    def compiled(selector: str) -> str:
        if len(selector) > MAX_SELECTOR:
            raise ValueError(f"a selector may have {MAX_SELECTOR} characters")
        compile_selector(selector)  # its SelectorSyntaxError is a ValueError that tells the position
        return selector

    return table.read(key, text, compiled)


def _state(top: Table) -> StateSource | None:
    table = top.table("state")
    if table is None:
        return None
    table.only("script", "variable", "after")
    script, variable, after = (table.text(key, "") for key in ("script", "variable", "after"))
    if not script and not variable and not after:
        raise table.wrong("", 'state needs script (a selector), variable ("window.__STATE__") or after (words)')
    if variable and after:
        raise table.wrong("after", "state needs one of variable and after: both say where the JSON begins")
    return StateSource(_selector(table, "script", script) if script else "", variable, after)


def _fields(top: Table, state: bool) -> dict[str, tuple[Pick, ...]]:
    table = top.table("fields")
    if table is None:
        return {}
    table.only(*FIELDS)
    return {name: _picks(table, name, state) for name in table.values}


def _picks(table: Table, key: str, state: bool) -> tuple[Pick, ...]:
    """The alternatives of one value, in order: selectors as plain texts, or tables."""
    given = table.values[key]
    if isinstance(given, list) and not given:
        raise table.wrong(key, f"{'.'.join((*table.path, key))} is empty")
    return tuple(_pick(table, key, one, state) for one in (given if isinstance(given, list) else [given]))


def _pick(table: Table, key: str, given: Any, state: bool) -> Pick:
    if isinstance(given, str):
        return Pick(select=_selector(table, key, given))
    if not isinstance(given, dict):
        raise table.wrong(
            key, f"{'.'.join((*table.path, key))} must be a selector or a table such as {{ select = ... }}"
        )
    inner = Table(given, table.source, (*table.path, key))
    inner.only("select", "attribute", "state", "value", "after", "before")
    return _pick_of(inner, state)


def _pick_of(table: Table, state: bool) -> Pick:
    """A pick whose words stand in a table, beside others that the caller knows."""
    named = [key for key in ("select", "state", "value") if key in table]
    where = ".".join(table.path)
    if len(named) != 1:
        raise table.wrong(named[-1] if named else "", f"{where} needs exactly one of select, state, value")
    if "attribute" in table and named != ["select"]:
        raise table.wrong("attribute", f"{where}.attribute goes with select alone")
    if named == ["state"] and not state:
        raise table.wrong("state", f"{where}.state needs a [state] table that says where the page's state stands")
    return Pick(
        select=_selector(table, "select", table.text("select")) if "select" in table else "",
        attribute=table.text("attribute", "").lower(),
        state=table.read("state", table.text("state"), read_path) if "state" in table else None,
        value=table.text("value", ""),
        after=table.text("after", ""),
        before=table.text("before", ""),
    )


def _body(top: Table, state: bool) -> BodyRule | None:
    table = top.table("body")
    if table is None:
        return None
    table.only("select", "state", "take", "without")
    if ("select" in table) == ("state" in table):
        raise table.wrong("state" if "state" in table else "", "body needs exactly one of select, state")
    take = table.text("take", "judged")
    if take not in ("judged", "whole"):
        raise table.wrong("take", f"body.take is {take!r}; right are judged (the general reader chooses) and whole")
    if "state" in table:
        if not state:
            raise table.wrong("state", "body.state needs a [state] table that says where the page's state stands")
        if "take" in table and take != "whole":
            raise table.wrong("take", "body.take: what stands in the state is always taken whole")
        paths = (table.read("state", text, read_path) for text in table.texts("state"))
        return BodyRule(tuple(Pick(state=path) for path in paths), True, table.texts("without"))
    selectors = (_selector(table, "select", text) for text in table.texts("select"))
    if "without" in table and take != "whole":
        raise table.wrong("without", "body.without goes with a body from the state or one that is taken whole")
    return BodyRule(tuple(Pick(select=one) for one in selectors), take == "whole", table.texts("without"))


def _counter(top: Table, state: bool) -> CounterRule | None:
    table = top.table("counter")
    if table is None:
        return None
    table.only("select", "attribute", "state", "format", "decimal", "grouping")
    pick = _pick_of(table, state)
    words = table.text("format", "")
    if words and words.count(COUNT_WORD) != 1:
        raise table.wrong("format", f'counter.format must hold {COUNT_WORD} once, such as "Viewed {COUNT_WORD} times"')
    for key in ("decimal", "grouping"):
        if key in table and (len(str(table.values[key])) != 1 or str(table.values[key]).isalnum()):
            raise table.wrong(key, f"counter.{key} must be one sign, such as a comma")
    # A space may part groups, so that this text may be blank.
    decimal, grouping = str(table.values.get("decimal", "")), str(table.values.get("grouping", ""))
    if decimal and decimal == grouping:
        raise table.wrong("grouping", "counter.decimal and counter.grouping are the same sign")
    return CounterRule(pick, words, decimal, grouping)


def _views(top: Table, state: bool) -> ViewsRule | None:
    table = top.table("views")
    if table is None:
        return None
    table.only("url", "id", "count")
    url = table.text("url")
    if not re.match(r"https?://[^/\s{}]+(?:/|$)", url) or any(char.isspace() for char in url):
        raise table.wrong("url", "views.url must be an http or https URL, its host without placeholders")
    placeholders = set(_PLACEHOLDER.findall(url))
    if strange := sorted(placeholders - {"url", "id"}):
        raise table.wrong("url", f"views.url: unknown placeholder {{{strange[0]}}}; known are {{url}} and {{id}}")
    if not placeholders:
        raise table.wrong("url", "views.url must name the page by {url} or {id}")
    if ("id" in placeholders) != ("id" in table):
        raise table.wrong(
            "id" if "id" in table else "url", "views.url holds {id} exactly where views.id says what it is"
        )
    count = table.read("count", table.text("count"), read_path)
    return ViewsRule(url, count, _picks(table, "id", state) if "id" in table else ())


def _identity(top: Table) -> UrlRule | None:
    table = top.table("identity")
    if table is None:
        return None
    table.only("keep", "drop")

    def parameter(text: str) -> str:
        if not re.fullmatch(r"[^\s=&?#*]+", text):
            raise ValueError(f'{text!r} is no name of a parameter; right is for example "id"')
        return text.lower()

    keep, drop = (frozenset(table.read(key, one, parameter) for one in table.texts(key)) for key in ("keep", "drop"))
    if both := sorted(keep & drop):
        raise table.wrong("drop", f"identity: {both[0]} cannot be kept and dropped", needle=both[0])
    return UrlRule(keep, drop)


def _dates(top: Table) -> DateRule:
    table = top.table("dates")
    if table is None:
        return DateRule()
    table.only("formats", "timezone")
    formats = tuple(table.read("formats", text, _date_format) for text in table.texts("formats"))
    name = table.text("timezone", "")
    return DateRule(formats, table.read("timezone", name, _zone) if name else None)


def _date_format(text: str) -> str:
    try:
        again = datetime.strptime(_PROBE.strftime(text), text)  # noqa: DTZ007  only days are compared
    except ValueError as error:
        raise ValueError(f"{text!r} is no date format: {error}") from None
    if again.date() != _PROBE.date():
        raise ValueError(f"{text!r} does not name a day, a month and a year, such as %d.%m.%Y does")
    return text


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone; right is for example Europe/Berlin") from None
