"""`dateline extract --page FILE`: the example of docs/site-rules.md, from a page that fails to what its rule mends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from worker.sites import installed

DOCS = (Path(__file__).parents[2] / "docs" / "site-rules.md").read_text()
URL = "https://paper.example/2026/bridge.html"


def example(language: str) -> str:
    """The first block of code of a language in the docs."""
    found = re.search(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(autouse=True)
def fresh_rules() -> Iterator[None]:
    """They are read once in a process, and each test here is a process of its own to a person."""
    installed.cache_clear()
    yield
    installed.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bridge.html").write_text(example("html"))
    (tmp_path / "paper.toml").write_text(example("toml"))
    return tmp_path


def run(*words: str | Path, columns: int = 100, sites: Path | None = None) -> Result:
    environment = {"COLUMNS": str(columns), "DATELINE_SITE_RULES": str(sites) if sites else ""}
    return CliRunner().invoke(main, ["extract", *map(str, words)], env=environment, standalone_mode=False)


def test_the_general_reader_fails_on_the_page_of_the_docs(folder: Path):
    line = json.loads(run("--page", folder / "bridge.html", "--url", URL, "--json").stdout)
    assert line["title"] != "New bridge opens"
    assert line["published_at"] is None
    assert (line["section"], line["views"], line["site_rule"]) == (None, None, None)
    assert "ferry" in line["text"]


def test_the_rule_of_the_docs_mends_it(folder: Path):
    line = json.loads(
        run("--page", folder / "bridge.html", "--url", URL, "--site", folder / "paper.toml", "--json").stdout
    )
    assert (line["title"], line["byline"], line["section"]) == ("New bridge opens", ["Ann Lee"], "Harbour")
    assert datetime.fromisoformat(line["published_at"]) == datetime(2026, 4, 3, 12, 5, tzinfo=UTC)
    assert line["provenance"]["title"] == line["provenance"]["published_at"] == "site rule"
    assert (line["views"]["count"], line["views"]["extractor"]) == (12345, "site rule")
    assert "Lorries" in line["text"] and "ferry" not in line["text"]
    assert line["site_rule"] == "paper"
    assert "explain" not in line


@pytest.mark.parametrize("number", [0, 1])
def test_the_docs_show_what_the_command_prints(folder: Path, number: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(folder)
    asked, *shown = re.findall(r"```\n\$ dateline extract (.*?)```", DOCS, re.DOTALL)[number].strip().splitlines()
    printed = run(*asked.split(), columns=110).stdout.splitlines()
    parts = "\n".join(shown).split("\n...\n")
    assert printed[: len(parts[0].splitlines())] == parts[0].splitlines()
    assert all(part in "\n".join(printed) for part in parts)
    assert printed[-1] == shown[-1]


def test_a_rule_of_the_users_folder_is_found_by_the_pages_host(folder: Path):
    for url, title in [(URL, True), ("https://other.example/x", False)]:
        line = json.loads(run("--page", folder / "bridge.html", "--url", url, "--json", sites=folder).stdout)
        assert (line["title"] == "New bridge opens") is title


@pytest.mark.parametrize("columns", [34, 60])
def test_explain_shows_what_won_and_what_lost(folder: Path, columns: int):
    result = run(
        *("--page", folder / "bridge.html", "--url", URL, "--site", folder / "paper.toml", "--explain"), columns=columns
    )
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    assert "New bridge opens [site rule]" in said
    assert "not: The Paper - all the news of the harbour" in said
    assert "site rule paper" in said
    head = result.stdout.split("\n\n")[0]
    assert max(map(len, head.splitlines()[1:])) <= columns


def test_explain_gives_programs_every_claim(folder: Path):
    words = ("--page", folder / "bridge.html", "--url", URL, "--site", folder / "paper.toml", "--explain", "--json")
    line = json.loads(run(*words).stdout)
    claims = line["explain"]["title"]
    assert claims[0] == {"value": "New bridge opens", "source": "site rule", "won": True}
    assert [claim["won"] for claim in claims].count(True) == 1
    assert line["rule"]["name"] == "paper"
    assert {"dropped", "count", "matched", "extractor"} >= set().union(*line["counters"])


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([], 2, "name a MANIFEST, or one page with --page"),
        (["m.jsonl", "--page", "x.html"], 2, "name a MANIFEST, or one page with --page"),
        (["m.jsonl", "--explain"], 2, "--explain goes with --page"),
        (["m.jsonl", "--ignore-robots"], 2, "--ignore-robots goes with --page"),
        (["--page", "nowhere.html"], 3, "no such file: nowhere.html"),
        (["--page", "http://x.example/", "--url", "http://y.example/"], 2, "--url goes with a file"),
        (["--page", "http://"], 2, "is not the address of a page"),
        (["--page", "bridge.html", "--site", "nowhere.toml"], 2, "the site rule nowhere.toml cannot be read"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_read(words: list[str], code: int, message: str):
    result = run(*words)
    assert message in result.stderr
    assert (result.exit_code, result.stdout) == (code, "")


def test_a_broken_rule_is_told_with_its_file_and_line(folder: Path):
    path = folder / "paper.toml"
    path.write_text(path.read_text().replace("title =", "titel ="))
    line = path.read_text().splitlines().index('titel = ".head"') + 1
    result = run("--page", folder / "bridge.html", "--site", path)
    assert f"Error: {path}:{line}: unknown key fields.titel; did you mean title?" in result.stderr
    assert result.exit_code == 2


def test_a_page_that_cannot_be_read_says_why(tmp_path: Path):
    (tmp_path / "photo.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    result = run("--page", tmp_path / "photo.html")
    assert "the page cannot be read: it is a picture" in result.stderr
    assert result.exit_code == 1


def test_a_broken_rule_of_the_users_folder_is_told_and_the_general_reader_goes_on(folder: Path):
    (folder / "paper.toml").write_text('hosts = ["paper.example"]\ndorp = "aside"\n')
    told = f"{folder / 'paper.toml'}:2: unknown key dorp; did you mean drop?"
    read = run("--page", folder / "bridge.html", "--url", URL, "--json", sites=folder)
    assert f"site rule not used: {told}" in read.stderr
    assert (read.exit_code, json.loads(read.stdout)["site_rule"]) == (0, None)
    environment = {"DATELINE_HOME": str(folder), "DATELINE_SITE_RULES": str(folder)}
    status = CliRunner().invoke(main, ["status", "--json"], env=environment)
    assert json.loads(status.stdout)["site_rules"]["problems"] == [told]
    assert f"not used: {told}" in CliRunner().invoke(main, ["status"], env=environment).stdout
