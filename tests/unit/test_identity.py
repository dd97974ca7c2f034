"""`dateline identity`: every URL answered, one line each, by the same keys as articles have."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from worker.dedupe.urls import article_key, url_key

STORY = "https://example.org/2026/03/30/story"


def answers(*words: str, typed: str = "") -> list[dict[str, object]]:
    done = CliRunner().invoke(main, ["identity", "--json", *words], input=typed)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.output.splitlines()]


def test_a_url_is_answered_with_the_keys_of_its_article_and_the_steps() -> None:
    url = f"{STORY.replace('https', 'http')}/?utm_source=rss&amp;id=7"
    assert answers(url) == [
        {
            "url": url,
            "key": article_key(url_key(f"{STORY}?id=7")),
            "url_key": "example.org/2026/03/30/story?id=7",
            "why": [
                "read &amp; as &",
                "took http for https",
                "dropped the trailing slash",
                "dropped utm_source (tracker)",
            ],
        }
    ]


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "http://example.org:99999/", "/a", "http://a\x00b/"])
def test_what_is_no_page_s_address_is_answered_with_its_error(url: str) -> None:
    (said,) = answers(url)
    assert (said["url"], said["key"], said["url_key"], said["why"]) == (url, None, None, [])
    assert said["error"]


def test_urls_come_from_standard_input_too_one_a_line_in_order() -> None:
    typed = f"{STORY}\r\n\n  \ndata:,x\n{STORY}?ref=home"
    first, second, third, fourth = answers(STORY, "-", typed=typed)
    assert [one["url"] for one in (first, second, third, fourth)] == [STORY, STORY, "data:,x", f"{STORY}?ref=home"]
    assert first == second
    assert first["key"] == fourth["key"]
    assert "error" in third and "error" not in fourth


def test_a_name_without_a_scheme_is_taken_for_https() -> None:
    bare, whole = answers(STORY.removeprefix("https://"), STORY)
    assert bare["key"] == whole["key"]
    assert bare["why"] == ["took it for https, since it names no scheme"]


def test_a_person_reads_the_steps_and_no_stranger_steers_the_terminal() -> None:
    done = CliRunner().invoke(main, ["identity", f"{STORY}#c1", STORY, "https://example.org/\x1b[31m"])
    assert done.exit_code == 0
    assert "\x1b" not in done.output
    assert "- dropped #c1 (a place within the page)" in done.output
    assert "- as it is" in done.output
    assert "no page: the URL holds a control character (U+001B)" in done.output


def test_the_user_s_own_site_rules_count(tmp_path: Path) -> None:
    (tmp_path / "paper.toml").write_text('hosts = ["paper.example"]\n[identity]\nkeep = ["ref"]\ndrop = ["nr"]\n')
    asked = [sys.executable, "-m", "cli.main", "identity", "--json", "https://www.paper.example/a?ref=x&nr=5"]
    rules = {"DATELINE_SITE_RULES": str(tmp_path)}
    done = subprocess.run(asked, env=rules, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["url_key"] == "paper.example/a?ref=x"
    assert "dropped nr=5 (by the site's rule)" in json.loads(done.stdout)["why"]


def test_it_needs_no_service_no_database_and_no_home(tmp_path: Path) -> None:
    unused = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "DATELINE_HOME": str(tmp_path / "home")}
    asked = [sys.executable, "-X", "importtime", "-m", "cli.main", "identity", "--json", STORY, "javascript:"]
    done = subprocess.run(asked, env=unused, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 2
    assert list(tmp_path.iterdir()) == []
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "worker.dedupe.urls" in imported
    assert not {"sqlalchemy", "celery", "storage", "rich", "trafilatura"} & imported
