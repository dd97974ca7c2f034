import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from turbohtml import parse

from worker.dedupe.url_rules import UrlRule
from worker.dedupe.urls import url_key
from worker.parse.site_file import read_rule
from worker.parse.site_rules import RuleReading, SiteRules, narrow
from worker.parse.site_state import read_path

URL = "https://paper.example/story?id=7&x=ä"
HOSTS = 'hosts = ["paper.example"]\n'
PAGE = """<html><head><title>Bridge opens - The Paper</title>
<meta property="og:title" content="Bridge opens | The Paper"></head>
<body data-section="Local"><header><h1>Bridge  opens</h1>
<span class=author>By Ann Lee | staff</span><span class=author>By Bo Ray | staff</span><span class=author> </span>
<time class=first datetime="2026-03-04T09:30:00Z">4 March</time><time class=then>Posted 03/04/2026 at 9:45 pm</time>
</header>
<div class=story><p>The bridge <b>opened</b> on Monday.</p><p>Ad: buy it</p><ul><li>One<li>Two</ul>
<div class=story><p>Within.</p></div></div>
<aside><p>Other news.</p></aside>
<p class=views>Read 12.345 times by 3 people</p><article data-id="a/7" data-hits="1.2K"></article>
</body></html>"""


def read(rule: str, page: str = PAGE) -> RuleReading:
    return read_rule(HOSTS + rule, "paper").read(parse(page, positions=False), URL)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ('title = "h1"', ["Bridge opens"]),
        ("title = { select = 'meta[property=\"og:title\"]', attribute = 'content', before = '|' }", ["Bridge opens"]),
        ('title = ["h2", ".nothing", "h1"]', ["Bridge opens"]),
        ('byline = { select = ".author", after = "By ", before = "|" }', ["Ann Lee", "Bo Ray"]),
        ('language = { value = "en" }', ["en"]),
        ('section = { select = "body", attribute = "data-section" }', ["Local"]),
        ('section = "h4"', None),
        ('published = { select = "time.first", attribute = "datetime" }', ["2026-03-04T09:30:00Z"]),
        ('published = "time.nothing"', None),
    ],
)
def test_a_field_is_what_the_first_pick_that_finds_something_finds(field: str, values: list[str] | None):
    claims = read(f"[fields]\n{field}\n").claims
    assert claims.get(field.split()[0]) == (tuple(values) if values else None)


@pytest.mark.parametrize(
    ("written", "dates", "moment"),
    [
        ("03/04/2026 21:45", 'formats = ["%d/%m/%Y %H:%M"]\ntimezone = "Europe/Paris"', "2026-04-03T21:45:00+02:00"),
        ("03/04/2026 21:45", 'formats = ["%m/%d/%Y %H:%M"]\ntimezone = "Europe/Paris"', "2026-03-04T21:45:00+01:00"),
        ("03/04/2026", 'formats = ["%m/%d/%Y %H:%M", "%m/%d/%Y"]\ntimezone = "Europe/Paris"', "2026-03-04"),
        ("2026-07-01 10:00", 'timezone = "America/New_York"', "2026-07-01T10:00:00-04:00"),
        ("2026-07-01 10:00+09:00", 'timezone = "America/New_York"', "2026-07-01 10:00+09:00"),
        ("1 July 2026, 9:45 p.m.", 'timezone = "Asia/Kolkata"', "2026-07-01T21:45:00+05:30"),
        ("30. März 2026, 08:05 Uhr", 'timezone = "Europe/Berlin"', "2026-03-30T08:05:00+02:00"),
        ("30. März 2026", 'timezone = "Europe/Berlin"', "30. März 2026"),
        ("30. März 2026, 08:05", "", "30. März 2026, 08:05"),
        ("yesterday", 'timezone = "Europe/Berlin"\nformats = ["%d.%m.%Y"]', "yesterday"),
    ],
)
def test_a_date_gets_the_format_and_the_zone_that_the_rule_names(written: str, dates: str, moment: str):
    found = read(f'[fields]\npublished = "time"\n[dates]\n{dates}\n', f"<time>{written}</time>").claims
    assert found == {"published": (moment,)}
    assert moment[0] != "2" or datetime.fromisoformat(moment)


STATE = {
    "page": {
        "story": {
            "id": 7,
            "head": "Bridge",
            "free": True,
            "none": None,
            "tags": ["a", "b"],
            "html": "<p>One</p><p>Two",
        },
        "blocks": [{"type": "text", "body": "B1"}, {"type": "ad", "body": "B2"}, {"type": "text", "body": "B3"}],
        "by key": {"x:1": {"n": ["A"]}, "x:2": {"n": ["B"]}},
    }
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("page.story.head", ["Bridge"]),
        ("page.story.id", ["7"]),
        ("page.story.free", []),
        ("page.story.none", []),
        ("page.story", []),
        ("page.story.tags", ["a", "b"]),
        ("page.story.tags[1]", ["b"]),
        ("page.story.tags[-1]", ["b"]),
        ("page.story.tags[9]", []),
        ("page.blocks[*].body", ["B1", "B2", "B3"]),
        ("page.blocks.*.body", ["B1", "B2", "B3"]),
        ("page.blocks[type=text].body", ["B1", "B3"]),
        ("page.blocks[type='ad'].body", ["B2"]),
        ('page["by key"].*.n[0]', ["A", "B"]),
        ("page['by key']", None),
        ("page.missing.more", []),
        ('page["by key"][n.0=B].n', ["B"]),
    ],
)
def test_a_path_leads_to_texts_and_numbers(path: str, found: list[str] | None):
    if found is None:
        with pytest.raises(ValueError, match="is no path at character 5"):
            read_path(path)
    else:
        assert read_path(path).strings([STATE]) == found


@pytest.mark.parametrize(
    ("source", "script"),
    [
        ('script = "#state"', '<script id=state type="application/json">{}</script>'),
        ('variable = "window.__S__"', "<script>var a=1; window.__S__ = {};\nboot(window.__S__)</script>"),
        ('variable = "window.__S__"', "<script>window.__S__==1;</script><script>window.__S__={};</script>"),
        ('variable = "__S__"', "<script>let __S__ = JSON.parse({quoted});</script>"),
        ('after = "].push("', '<script>(self["q"]=self["q"]||[]).push(1)</script><script>self["q"].push({})</script>'),
        ('script = ".s"\nvariable = "S"', "<script>S={'no'}</script><script class=s>S = {}</script>"),
    ],
)
def test_the_state_is_found_in_the_scripts(source: str, script: str):
    text = json.dumps(STATE)
    page = script.replace("{quoted}", json.dumps(text)).replace("{}", text)
    assert read(f'[state]\n{source}\n[fields]\ntitle = {{state = "page.story.head"}}', page).claims == {
        "title": ("Bridge",)
    }


@pytest.mark.parametrize(
    "script",
    [
        "",
        "<script>S = {broken</script>",
        "<script>S = " + "[" * 200_000 + "</script>",
        '<script>S = "' + "x" * 5_000_000 + '"</script>',
        "<script>S = JSON.parse('{}')</script>",
    ],
)
def test_a_state_that_cannot_be_read_gives_nothing(script: str):
    assert read('[state]\nvariable = "S"\n[fields]\ntitle = {state = "*"}', script).claims == {}


def test_a_state_may_say_undefined():
    page = '<script>S = {"a": undefined, "b": "undefined", "c": NaN}</script>'
    assert read('[state]\nvariable = "S"\n[fields]\ntitle = {state = "b"}', page).claims == {"title": ("undefined",)}


@pytest.mark.parametrize(
    ("body", "paragraphs"),
    [
        ('select = ".story"\ntake = "whole"', ["The bridge opened on Monday.", "Ad: buy it", "One", "Two", "Within."]),
        ('select = ".story p"\ntake = "whole"\nwithout = "Ad:"', ["The bridge opened on Monday.", "Within."]),
        ('select = [".nothing", "aside"]\ntake = "whole"', ["Other news."]),
        ('select = ".nothing"\ntake = "whole"', []),
    ],
)
def test_a_body_taken_whole_is_a_paragraph_for_each_block(body: str, paragraphs: list[str]):
    assert list(read(f"[body]\n{body}\n").paragraphs) == paragraphs


def test_a_body_from_the_state_may_be_html_and_loses_what_the_rule_drops():
    story = {"html": "<p>One &amp; two</p><figure>A picture</figure><p>Three<br>Four</p>", "more": ["Five", "Six"]}
    page = f"<script id=s>{json.dumps(story)}</script>"
    rule = 'drop = "figure"\n[state]\nscript = "#s"\n[body]\nstate = ["html", "more"]\n'
    assert read(rule, page).paragraphs == ("One & two", "Three", "Four")
    assert read(rule.replace('"html", ', ""), page).paragraphs == ("Five", "Six")


def test_the_storys_container_is_handed_to_the_general_reader_alone():
    document = parse(PAGE, positions=False)
    reading = read_rule(HOSTS + '[body]\nselect = ".story"\n', "paper").read(document, URL)
    assert reading.paragraphs == ()
    assert [element.attr("class") for element in reading.containers] == ["story"]  # not the one inside again
    narrow(document, reading.containers)
    body = document.select_one("body")
    assert body is not None
    assert "Within." in body.text and "Other news." not in body.text and document.select_one("title") is not None


def test_what_a_rule_drops_is_gone_but_its_fields_were_read_before():
    document = parse(PAGE, positions=False)
    reading = read_rule(HOSTS + 'drop = ["header", "aside"]\n[fields]\ntitle = "h1"\n', "paper").read(document, URL)
    assert reading.claims == {"title": ("Bridge opens",)}
    assert document.select("h1, aside") == []


@pytest.mark.parametrize(
    ("counter", "count"),
    [
        ('select = ".views"\nformat = "Read {count} times"\ngrouping = "."', (12345, True, 1)),
        ('select = ".views"\nformat = "read {count}"\ngrouping = "."', None),  # nothing ends it: two numbers follow
        ('select = ".views"', None),  # which of the two?
        ('select = ".nothing"', None),
        ('select = "article"\nattribute = "data-hits"', (1200, False, 100)),
    ],
)
def test_a_counter_is_read_where_one_count_alone_can_be_told(counter: str, count: tuple[int, bool, int] | None):
    views = read(f"[counter]\n{counter}\n").views
    assert (views and (views.count, views.exact, views.step)) == count


@pytest.mark.parametrize(
    ("text", "words", "count"),
    [
        ("2504", "", 2504),
        ("2,504 views", "", 2504),
        ("Viewed 2,504 times", "", 2504),
        ("12万次", "", 120_000),
        ("3,4 mil", 'decimal = ","', 3400),
        ("1·234·567", 'grouping = "·"', 1_234_567),
        ("1.234,5 Tsd. Aufrufe", 'grouping = "."\ndecimal = ","', 1_234_500),
        ("10+ views", "", 10),
        ("Views: 7 (today 3)", 'format = "Views: {count} ("', 7),
        ("VIEWS: 1.2K", 'format = "views: {count}"', 1200),
        ("no number", "", None),
        ("12:30", "", None),
    ],
)
def test_a_count_is_read_in_the_publishers_own_signs(text: str, words: str, count: int | None):
    views = read(f'[counter]\nselect = "b"\n{words}\n', f"<b>{text}</b>").views
    assert (views and views.count) == count
    assert views is None or (views.matched, views.extractor) == (text, "site rule")


def test_a_counter_that_was_read_is_taken_out_of_the_page():
    document = parse(PAGE, positions=False)
    rule = read_rule(HOSTS + '[counter]\nselect = ".views"\nformat = "Read {count} times"\ngrouping = "."\n', "paper")
    assert rule.read(document, URL).views is not None
    assert document.select(".views") == []


def test_the_publishers_json_counter_has_its_url_and_its_number():
    rule = read_rule(
        HOSTS + '[views]\nurl = "https://api.paper.example/n/{id}?u={url}"\ncount = "data.views"\n'
        'id = { select = "article", attribute = "data-id" }\n',
        "paper",
    )
    reading = rule.read(parse(PAGE, positions=False), URL)
    assert reading.views_url == (
        "https://api.paper.example/n/a%2F7?u=https%3A%2F%2Fpaper.example%2Fstory%3Fid%3D7%26x%3D%C3%A4"
    )
    assert rule.read(parse("<p>no id", positions=False), URL).views_url is None
    answers: list[tuple[Any, int | None]] = [
        (b'{"data": {"views": 2504}}', 2504),
        (b'{"data": {"views": "2,504"}}', 2504),
        (b'{"data": {"views": null}}', None),
        (b'{"data": []}', None),
        (b"<html>", None),
        (b"[" * 100_000, None),
        (b"\xff\xfe", None),
    ]
    assert rule.views is not None
    assert [(found and found.count) for found in map(rule.views.read, (body for body, _ in answers))] == [
        count for _, count in answers
    ]


def test_a_rules_word_on_urls_is_what_url_keys_take():
    rule = read_rule(HOSTS + '[identity]\nkeep = ["ref"]\ndrop = ["Mode"]\n', "paper")
    assert SiteRules({"paper.example": rule}).identities == {
        "paper.example": UrlRule(frozenset({"ref"}), frozenset({"mode"}))
    }
    assert url_key("https://paper.example/a?ref=x&mode=y", rule.identity) == "paper.example/a?ref=x"


EVERYTHING = """
drop = ["aside", "figure"]
[state]
variable = "S"
[fields]
title = ["h1", { state = "*.title" }]
published = "time"
image = { select = "img", attribute = "src" }
[dates]
timezone = "Asia/Tokyo"
formats = ["%d.%m.%Y"]
[body]
select = ["article", "main p"]
[counter]
select = "b"
format = "{count} views"
decimal = ","
[views]
url = "https://x.example/?{url}"
count = "n"
"""
PIECES = st.lists(
    st.sampled_from(
        ["<h1>", "<time>", "<article>", "<main><p>", "<b>", "</b>", "<script>S=", "</script>", " views", "<aside>"]
    )
    | st.sampled_from(
        ['{"a":{"title":"x"}}', "undefined", "[[", "12,5 mil", "31.12.9999 25:61", "99999999999999999999"]
    )
    | st.text(max_size=20),
    max_size=25,
).map("".join)


@given(PIECES)
def test_no_page_trips_a_rule(page: str):
    document = parse(page, positions=False)
    reading = read_rule(HOSTS + EVERYTHING, "paper").read(document, URL)
    narrow(document, reading.containers)
    assert all(value.strip() for values in reading.claims.values() for value in values)
    assert reading.views is None or reading.views.count >= 0
