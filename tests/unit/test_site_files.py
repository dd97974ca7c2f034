from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.parse.site_file import read_rule
from worker.parse.site_folder import SHIPPED, load_rules
from worker.parse.site_toml import RuleFileError

HOSTS = 'hosts = ["paper.example"]\n'
STATE = '[state]\nvariable = "window.__STATE__"\n'

BROKEN = [
    ("", 1, "hosts is missing"),
    ("about = 'x'\n", 1, "hosts is missing"),
    ("hosts = [\n", 2, "no TOML"),
    (HOSTS + "drop = [}\n", 2, "no TOML"),
    ("hosts = ['https://paper.example/']\n", 1, "is no host"),
    ("hosts = [\n  'paper.example',\n  'a b',\n]\n", 3, "'a b' is no host"),
    ("hosts = ['*.com']\n", 1, "is no host"),
    ("hosts = ['*']\n", 1, "is no host"),
    ("hosts = 7\n", 1, "hosts must be a text or a list of texts"),
    (HOSTS + "\nabaut = 'x'\n", 3, "unknown key abaut; did you mean about?"),
    (HOSTS + "zzz = 1\n", 2, "unknown key zzz; known here: hosts, about"),
    (HOSTS + "drop = ['aside', 'p[']\n", 2, 'invalid CSS selector "p["'),
    (HOSTS + "drop = [\n 'aside',\n 'a::text',\n]\n", 4, "a::text"),
    (HOSTS + "drop = ['" + "a " * 600 + "b']\n", 2, "a selector may have 1000 characters"),
    (HOSTS + "fields = 1\n", 2, "fields must be a table"),
    (HOSTS + "[fields]\n\nheadline = 'h1'\n", 4, "unknown key fields.headline"),
    (HOSTS + "[fields]\ntitle = 'h1 >'\n", 3, "fields.title: invalid CSS selector"),
    (HOSTS + "[fields]\ntitle = 4\n", 3, "fields.title must be a selector or a table"),
    (HOSTS + "[fields]\ntitle = []\n", 3, "fields.title is empty"),
    (HOSTS + "[fields]\ntitle = {}\n", 3, "needs exactly one of select, state, value"),
    (HOSTS + "[fields.title]\nselect = 'h1'\nvalue = 'x'\n", 4, "exactly one of"),
    (
        HOSTS + "[fields]\ntitle = [\n 'h1',\n {selct = 'h2'},\n]\n",
        5,
        "unknown key fields.title.selct; did you mean select",
    ),
    (HOSTS + "[fields.title]\nvalue = 'x'\nattribute = 'y'\n", 4, "attribute goes with select alone"),
    (HOSTS + "[fields]\ntitle = {state = 'a.b'}\n", 3, "needs a [state] table"),
    (HOSTS + STATE + "[fields]\ntitle = {state = 'a..b'}\n", 5, "'a..b' is no path at character"),
    (HOSTS + STATE + "[fields]\ntitle = {state = 'a[x'}\n", 5, "is no path at character 2"),
    (HOSTS + "[state]\n", 2, "state needs script"),
    (HOSTS + "[state]\nvariable = 'x'\nafter = 'y'\n", 4, "one of variable and after"),
    (HOSTS + "[body]\nselect = 'div'\nstate = 'x'\n", 4, "body needs exactly one of select, state"),
    (HOSTS + "[body]\nselect = 'div'\ntake = 'all'\n", 4, "body.take is 'all'"),
    (HOSTS + "[body]\nselect = 'div'\nwithout = ['x']\n", 4, "body.without goes with"),
    (HOSTS + STATE + "[body]\nstate = 'x'\ntake = 'judged'\n", 6, "always taken whole"),
    (HOSTS + "[counter]\nselect = '.v'\nformat = 'Viewed times'\n", 4, "must hold {count} once"),
    (HOSTS + "[counter]\nselect = '.v'\ngrouping = '..'\n", 4, "counter.grouping must be one sign"),
    (HOSTS + "[counter]\nselect = '.v'\ngrouping = ','\ndecimal = ','\n", 4, "are the same sign"),
    (HOSTS + "[counter]\nformat = '{count} views'\n", 2, "counter needs exactly one of"),
    (HOSTS + "[views]\nurl = 'ftp://x/{url}'\ncount = 'n'\n", 3, "must be an http or https URL"),
    (HOSTS + "[views]\nurl = 'https://{id}.example/'\ncount = 'n'\n", 3, "its host without placeholders"),
    (HOSTS + "[views]\nurl = 'https://x.example/{slug}'\ncount = 'n'\n", 3, "unknown placeholder {slug}"),
    (HOSTS + "[views]\nurl = 'https://x.example/all'\ncount = 'n'\n", 3, "must name the page"),
    (HOSTS + "[views]\nurl = 'https://x.example/{id}'\ncount = 'n'\n", 3, "exactly where views.id says"),
    (HOSTS + "[views]\nurl = 'https://x.example/{url}'\n", 2, "views.count is missing"),
    (HOSTS + "[identity]\nkeep = ['a=b']\n", 3, "is no name of a parameter"),
    (HOSTS + "[identity]\nkeep = ['id']\ndrop = ['ID']\n", 4, "id cannot be kept and dropped"),
    (HOSTS + "[dates]\ntimezone = 'Mars/Base'\n", 3, "is no time zone"),
    (HOSTS + "[dates]\ntimezone = '../etc'\n", 3, "is no time zone"),
    (HOSTS + "[dates]\nformats = ['%d.%m.%Y', '%d.%m.']\n", 3, "does not name a day, a month and a year"),
    (HOSTS + "[dates]\nformats = ['%Q']\n", 3, "is no date format"),
]


@pytest.mark.parametrize(("text", "line", "message"), BROKEN)
def test_a_broken_rule_is_told_with_its_line_and_its_key(text: str, line: int, message: str):
    with pytest.raises(RuleFileError) as caught:
        read_rule(text, "paper")
    assert message in str(caught.value)
    assert caught.value.line == line


@given(st.text(max_size=300))
def test_no_text_of_a_rule_does_worse_than_a_complaint(text: str):
    for source in (text, HOSTS + text):
        try:
            read_rule(source, "any")
        except RuleFileError as error:
            assert 1 <= error.line <= len(source.splitlines()) + 1


def test_a_broken_file_costs_itself_alone(tmp_path: Path):
    (tmp_path / "good.toml").write_text('hosts = ["good.example"]\ndrop = "aside"\n')
    (tmp_path / "bad.toml").write_text('hosts = ["bad.example"]\n\ndorp = "aside"\n')
    (tmp_path / "latin.toml").write_bytes(b'hosts = ["x.example"]\nabout = "caf\xe9"\n')
    (tmp_path / "huge.toml").write_text("#" * 100_000)
    (tmp_path / "notes.txt").write_text("not a rule")
    rules, problems = load_rules([tmp_path, tmp_path / "missing"])
    assert [rule.name for rule in rules.rules] == ["good"]
    assert [str(problem) for problem in problems] == [
        f"{tmp_path}/bad.toml:3: unknown key dorp; did you mean drop?",
        f"{tmp_path}/huge.toml: the file has 100000 bytes, more than 65536",
        f"{tmp_path}/latin.toml:2: the file is not UTF-8",
        f"{tmp_path}/missing: no such file or folder",
    ]


def test_the_users_rule_wins_and_two_rules_of_one_folder_do_not_fight(tmp_path: Path):
    for folder, name, text in [
        ("shipped", "a", 'hosts = ["a.example", "b.example"]\ndrop = "i"\n'),
        ("mine", "x", 'hosts = ["a.example"]\n'),
        ("mine", "y", 'hosts = ["a.example", "c.example"]\n'),
    ]:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{name}.toml").write_text(text)
    rules, problems = load_rules([tmp_path / "shipped", tmp_path / "mine"])
    named = {host: rule.name for host in "abc" if (rule := rules.for_host(f"{host}.example"))}
    assert named == {"a": "x", "b": "a", "c": "y"}
    assert [str(problem) for problem in problems] == [
        f"{tmp_path}/mine/y.toml: a.example has a rule in x.toml already, which is used"
    ]


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("https://paper.example/a", "own"),
        ("https://www.paper.example/a", "own"),
        ("http://PAPER.example:8080/", "own"),
        ("https://sport.paper.example/", "below"),
        ("https://a.b.paper.example/", "below"),
        ("https://live.sport.paper.example/", "deep"),
        ("https://notpaper.example/", None),
        ("https://example/", None),
        ("http://127.0.0.1:8017/story", "address"),
        ("http://[::1]:8017/story", "six"),
        ("https://zeitung-köln.example/", "idn"),
        ("https://xn--zeitung-kln-zfb.example/", "idn"),
        ("nonsense", None),
        ("", None),
    ],
)
def test_a_rule_is_found_by_its_host_then_by_the_nearest_domain_above(tmp_path: Path, url: str, rule: str | None):
    for name, hosts in {
        "own": "paper.example",
        "below": "*.paper.example",
        "deep": "*.sport.paper.example",
        "address": "127.0.0.1",
        "six": "[::1]",
        "idn": "zeitung-köln.example",
    }.items():
        (tmp_path / f"{name}.toml").write_text(f'hosts = ["{hosts}"]\n')
    rules, problems = load_rules([tmp_path])
    assert problems == []
    found = rules.for_url(url)
    assert (found.name if found else None) == rule


def test_the_shipped_rules_are_whole_and_say_why_they_are_there():
    rules, problems = load_rules([SHIPPED])
    assert problems == []
    assert {Path(rule.path).stem for rule in rules.rules} == {path.stem for path in SHIPPED.glob("*.toml")}
    assert all("about" in Path(rule.path).read_text() for rule in rules.rules)
    assert all(urlsplit(f"https://{host}/").hostname == host for rule in rules.rules for host in rule.hosts)
