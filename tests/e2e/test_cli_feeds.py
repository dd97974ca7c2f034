"""`dateline feeds` and `dateline sources` as a person or a script uses them, with no service and no broker."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from cli import feed_add
from cli.lock import held
from cli.main import main
from dateline.clock import utc_now
from storage import feeds, progress
from storage.database import Database
from storage.tables import feeds as feed_rows
from storage.tables import visits

FEED = "https://paper.example/feed.xml"


class Home:
    """A data directory of its own and the commands run on it; its broker is one that nobody serves."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.env: dict[str, str | None] = {
            "DATELINE_HOME": str(path),
            "DATABASE_URL": None,
            "REDIS_URL": "redis://127.0.0.1:1/0",
        }

    def run(self, *words: str, given: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main, words, env=self.env, input=given)

    def say(self, *words: str) -> str:
        done = self.run(*words)
        assert done.exit_code == 0, done.output
        return done.stdout

    def records(self, *words: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.say(*words, "--json").splitlines()]

    def write(self, **row: Any) -> None:
        """What a visit would have told the feeds."""
        database = Database(f"sqlite:///{self.path / 'dateline.db'}")
        with database.write() as tx:
            tx.execute(update(feed_rows).values(row))
            if row.get("state") == "active":
                tx.execute(update(visits).values(due_at=utc_now() + timedelta(hours=1), reason="nothing new"))
        database.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    yield Home(tmp_path / "home")


def test_a_feed_is_stored_without_service_or_broker_and_without_waiting(home: Home) -> None:
    began = time.monotonic()
    said = home.say("feeds", "add", "paper.example/feed.xml", "--tag", "local", "--every", "5m", "--revisit", "6h")
    assert time.monotonic() - began < feed_add.WAIT
    assert "stored" in said and "`dateline up`" in said
    [feed] = home.records("feeds", "list")
    assert (feed["url"], feed["state"], feed["tags"]) == (FEED, "new", ["local"])
    assert (feed["every"], feed["revisit"], feed["source"]) == (300.0, "21600", "paper.example")


def test_adding_again_adds_nothing_but_keeps_the_new_words(home: Home) -> None:
    home.say("feeds", "add", FEED, "--name", "Paper")
    [again] = home.records("feeds", "add", "http://www.paper.example/feed.xml", "--every", "30s", "--host-delay", "2")
    assert (again["id"], again["added"], again["name"], again["every"], again["host_delay"]) == (
        1,
        False,
        "Paper",
        30,
        2,
    )
    assert len(home.records("feeds", "list")) == 1


def test_adding_waits_for_the_first_visit_of_a_service_that_runs(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_add, "LOOK", 0.01)
    home.say("feeds", "list")  # makes the database
    asked = threading.Event()
    look = feeds.load

    def noticed(*words: Any) -> Any:
        asked.set()
        return look(*words)

    def visit() -> None:
        asked.wait(timeout=20)
        home.write(state="active", polls=1, kind="rss", title="The\x1b[31m Paper")

    monkeypatch.setattr(feeds, "load", noticed)
    visitor = threading.Thread(target=visit)
    with held(home.path):
        visitor.start()
        said = home.say("feeds", "add", FEED)
        visitor.join()
    assert "RSS feed" in said and "Paper" in said and "0 entries" in said
    assert "\x1b" not in said


def test_adding_gives_up_waiting_and_is_done_all_the_same(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_add, "WAIT", 0.2)
    home.say("feeds", "list")
    with held(home.path):
        assert "first visit is to come" in home.say("feeds", "add", FEED)
        monkeypatch.setattr(feed_add, "WAIT", 100.0)
        assert "first visit is to come" in home.say("feeds", "add", "other.example", "--no-wait")


def test_words_are_set_and_taken_back(home: Home) -> None:
    home.say("feeds", "add", FEED, "--tag", "a")
    words = ["--every", "1h", "--revisit", "off", "--host-delay", "3", "--content", "feed", "--name", "N"]
    [feed] = home.records("feeds", "set", "1", *words, "--tag", "b", "--untag", "a", "--source", "The Paper")
    assert [feed[word] for word in ("every", "revisit", "host_delay", "content", "name")] == [
        3600,
        "off",
        3,
        "feed",
        "N",
    ]
    assert (feed["tags"], feed["source"]) == (["b"], "The Paper")
    back = ["--every", "default", "--revisit", "default", "--host-delay", "default", "--name", ""]
    [feed] = home.records("feeds", "set", FEED, *back)
    assert [feed[word] for word in ("every", "revisit", "host_delay", "name")] == [None] * 4


def test_a_feed_is_paused_resumed_polled_and_removed(home: Home) -> None:
    home.say("feeds", "add", FEED)
    home.write(state="active", polls=1)
    [paused] = home.records("feeds", "pause", "1")
    assert (paused["state"], paused["next_visit_at"]) == ("paused", None)
    [resumed] = home.records("feeds", "resume", "1")
    assert resumed["state"] == "active" and resumed["next_visit_at"] <= utc_now().isoformat()
    assert "asked for by a person" in home.records("feeds", "poll", FEED)[0]["reason"]
    assert home.records("feeds", "remove", "1", "--with-articles")[0]["articles_removed"] == 0
    assert home.records("feeds", "list") == []


def test_show_names_a_feed_that_turns_over_too_fast_and_the_command_that_mends_it(home: Home) -> None:
    home.say("feeds", "add", FEED, "--every", "10m")
    home.write(state="active", polls=5, seen_share=0.9)
    assert "turns over" not in home.say("feeds", "show", "1")
    home.write(state="active", polls=5, seen_share=0.1)
    assert "dateline feeds set 1 --every 5m" in home.say("feeds", "show", "1")
    home.write(missed_estimate=2, seen_share=0.9)
    assert "2 times" in home.records("feeds", "show", "1")[0]["advice"]
    home.say("feeds", "set", "1", "--every", "5m")
    assert home.records("feeds", "show", "1")[0]["advice"] is None


@pytest.mark.parametrize(
    ("every", "interval", "advised"),
    [
        ("2m", 120.0, "--every 1m"),
        ("40s", 40.0, "--every 30s"),
        ("1h", 300.0, "--every 2.5m"),
        ("30s", 30.0, "as often as is decent"),
        ("10s", 11.0, "as often as is decent"),
    ],
)
def test_nobody_is_advised_to_poll_as_seldom_as_now(home: Home, every: str, interval: float, advised: str) -> None:
    home.say("feeds", "add", FEED, "--every", every)
    home.write(state="active", polls=5, seen_share=0.1, interval=interval)
    assert re.search(advised, home.records("feeds", "show", "1")[0]["advice"])


def test_a_feed_that_is_gone_is_not_said_to_be_waited_for(home: Home) -> None:
    home.say("feeds", "add", FEED)
    home.write(state="gone", failures=1, last_error="the server answered 410")
    assert "gone for good: the server answered 410" in home.say("feeds", "show", "1")
    assert home.records("feeds", "add", FEED)[0]["found"] == "gone for good: the server answered 410"
    home.write(state="failed", failures=1, last_error="a picture")
    assert "neither a feed nor a page that names one: a picture" in home.say("feeds", "add", FEED)


def test_work_done_in_the_foreground_is_not_taken_for_a_service(home: Home) -> None:
    home.env["REDIS_URL"] = None
    home.say("feeds", "list")
    database = Database(f"sqlite:///{home.path / 'dateline.db'}")
    with database.write() as tx:
        progress.step(tx, "process", 1, utc_now())  # as `dateline ingest` leaves it
    database.close()
    [added] = home.records("feeds", "add", FEED)
    assert (added["service_runs"], home.records("status")[0]["service"]["running"]) == (False, False)
    with held(home.path):
        assert home.records("status")[0]["service"]["running"]
    home.env["REDIS_URL"] = "redis://127.0.0.1:1/0"  # workers elsewhere have this broker
    assert home.records("status")[0]["service"]["running"]


def test_what_has_little_to_say_says_it_in_json_too(home: Home) -> None:
    assert home.records("down") == [{"pid": None, "data": str(home.path), "stopped": False}]
    assert home.records("migrate") == [{"migrated": True}]
    home.say("feeds", "add", FEED, "--tag", "local")
    [exported] = home.records("feeds", "export")
    assert (exported["url"], exported["tags"]) == (FEED, ["local"])
    assert home.run("health", "fetch", "--json").exit_code == 1
    database = Database(f"sqlite:///{home.path / 'dateline.db'}")
    with database.write() as tx:
        progress.step(tx, "fetch", 1, utc_now())
    database.close()
    [health] = home.records("health", "fetch")
    assert (health["name"], health["healthy"]) == ("fetch", True)
    (home.path / "logs").mkdir()
    (home.path / "logs" / "fetch.log").write_bytes(b"one\ntwo \x9b \xff\n")
    assert home.records("logs", "-n", "1") == [{"process": "fetch", "line": "two \ufffd \ufffd"}]


def test_what_strangers_wrote_steers_no_terminal(home: Home) -> None:
    home.say("feeds", "add", FEED)
    home.write(state="active", polls=1, failures=1, title="A\x1b]0;x\x07\tB\u202e", last_error="bad\x1b[2J\nword")
    for words in (["list"], ["show", "1"], ["pause", "1"], ["list", "--json"], ["remove", "1"]):
        said = home.say("feeds", *words)
        assert not any(sign in said for sign in ("\x1b", "\x07", "\u202e", "\nword")), words


def test_opml_goes_in_and_out_with_folders_as_tags(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    file.write_text(
        '<opml version="2.0"><body><outline text="News"><outline text="Local">'
        f'<outline type="rss" text="Paper" xmlUrl="{FEED}"/></outline>'
        '<outline type="rss" text="Other" xmlUrl="https://other.example/feed"/></outline></body></opml>'
    )
    assert home.records("feeds", "import", str(file)) == [{"added": 2, "known": 0, "unusable": []}]
    assert home.records("feeds", "import", str(file), "--tag", "new") == [{"added": 0, "known": 2, "unusable": []}]
    file.write_text('<opml><body><outline text="A note"/><outline xmlUrl="feed:x"/></body></opml>')
    assert home.records("feeds", "import", str(file)) == [{"added": 0, "known": 0, "unusable": ["A note", "feed:x"]}]
    listed = {feed["label"]: feed["tags"] for feed in home.records("feeds", "list")}
    assert listed == {"Paper": ["Local", "News", "new"], "Other": ["News", "new"]}
    out = home.say("feeds", "export", "--tag", "Local")
    assert FEED in out and "other.example" not in out
    home.say("feeds", "export", str(tmp_path / "out.opml"))
    second = Home(tmp_path / "second")
    second.say("feeds", "import", str(tmp_path / "out.opml"))
    assert {feed["label"]: feed["tags"] for feed in second.records("feeds", "list")} == listed


def test_sources_are_edited_shown_and_merged(home: Home) -> None:
    home.say("feeds", "add", FEED, "https://paper-sports.example/feed")
    home.say("sources", "set", "paper.example", "--name", "The Paper", "--country", "TW", "--tag", "local")
    [merged] = home.records("sources", "merge", "paper-sports.example", "the paper")
    assert merged["moved"] == {"feeds": 1, "hosts": 1, "articles": 0}
    [source] = home.records("sources", "list")
    assert (source["name"], source["country"], source["tags"], source["feeds"]) == ("The Paper", "TW", ["local"], 2)
    assert [feed["id"] for feed in home.records("sources", "show", "paper-sports.example")[0]["feed_list"]] == [1, 2]
    assert len(home.records("feeds", "list", "--source", "The Paper", "--tag", "local")) == 2
    assert "paper-sports.example" in home.say("sources", "show", "1")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["feeds", "show", "7"], 3, "no feed has the id 7"),
        (["feeds", "pause", "nowhere.example"], 3, "dateline feeds add"),
        (["feeds", "add", "ftp://paper.example/"], 2, "not the address of a page"),
        (["feeds", "add", FEED, "--every", "often"], 2, "no length of time"),
        (["feeds", "add", FEED, "--every", "default"], 2, "no length of time"),
        (["feeds", "add", FEED, "--revisit", "maybe"], 2, "off, edits, views"),
        (["feeds", "set", "1"], 2, "nothing to set"),
        (["feeds", "list", "--source", "Nobody"], 3, "no source is called"),
        (["feeds", "import", "-"], 1, "not an OPML file"),
        (["sources", "set", "1"], 2, "nothing to set"),
        (["sources", "set", "1", "--name", "default"], 2, "needs a name"),
        (["sources", "show", "Nobody"], 3, "dateline sources list"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_exit_code(home: Home, words: list[str], code: int, said: str) -> None:
    done = home.run(*words, given="hello")
    assert (done.exit_code, said in done.stderr) == (code, True), done.output


def test_one_wrong_name_among_several_changes_nothing(home: Home) -> None:
    home.say("feeds", "add", FEED)
    assert home.run("feeds", "pause", "1", "7").exit_code == 3
    assert home.records("feeds", "list")[0]["state"] == "new"
