import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.extract import extract
from dateline.errors import UsageError
from tests.support import layouts

KEYS = [
    *("id", "url", "title", "byline", "published_on", "published_at", "modified_at", "section", "page", "language"),
    *("text", "views", "provenance", "canonical_url", "site_name", "image", "keywords", "agencies", "paywalled"),
    *("kind", "wall", "wall_reason"),
]
PAGES = {name: body for name, body, _ in layouts.pages()}


def run(manifest: str, **options: str | None) -> Result:
    return CliRunner().invoke(extract, [manifest, "--jobs", "2"], **options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "modern.html").write_text(PAGES["modern, h1, p"])
    (tmp_path / "table.html.gz").write_bytes(gzip.compress(PAGES["table, font, double br"].encode()))
    (tmp_path / "cut.html.gz").write_bytes(gzip.compress(PAGES["modern, h1, p"].encode())[:200])
    (tmp_path / "story.txt").write_text(PAGES["plain text"])
    (tmp_path / "picture.html").write_bytes(b"GIF89a\0\0")
    rows = [
        {"id": 1, "path": "modern.html", "url": "http://courier.example/1"},
        {"id": "two", "path": "table.html.gz", "url": "http://courier.example/2"},
        {"id": "three", "path": "missing.html", "url": None},
        {"id": "four", "path": "cut.html.gz"},
        {"id": "five", "path": str(tmp_path / "story.txt"), "url": ""},
        {"id": "six", "path": "picture.html", "url": "http://courier.example/6"},
    ]
    (tmp_path / "manifest.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    return tmp_path


def test_every_page_of_a_manifest_is_answered_in_its_order(folder: Path):
    result = run(str(folder / "manifest.jsonl"))
    assert result.exit_code == 0
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["id"] for line in lines] == [1, "two", "three", "four", "five", "six"]
    assert [sorted(set(line) - {"error"}) for line in lines] == [sorted(KEYS)] * 6
    assert ["error" in line for line in lines] == [False, False, True, True, False, True]
    for line in (lines[0], lines[1], lines[4]):
        assert (line["title"], line["published_on"], line["page"]) == (layouts.TITLE, "2008-10-14", "3")
        assert line["text"].split("\n\n") == layouts.PARAGRAPHS
        assert {key: line["views"][key] for key in ("count", "exact")} == {"count": 1873, "exact": True}
    assert datetime.fromisoformat(lines[0]["published_at"]) == datetime(2008, 10, 14, 4, tzinfo=UTC)
    assert lines[1]["published_at"] is None
    assert lines[0]["provenance"]["title"] == "json-ld"


def test_a_manifest_comes_from_standard_input_too(folder: Path):
    result = run(
        "-", input=json.dumps({"id": 7, "path": str(folder / "modern.html"), "url": "http://courier.example/7"})
    )
    assert json.loads(result.stdout)["title"] == layouts.TITLE


@pytest.mark.parametrize(
    "line",
    ["{bad", "[]", '{"path": "a"}', '{"id": 1}', '{"id": 1, "path": "a", "url": 5}', '{"id": true, "path": "a"}'],
)
def test_a_wrong_line_of_a_manifest_is_named_by_its_number(line: str):
    result = run("-", input='{"id": 1, "path": "nowhere"}\n\n' + line)
    assert result.exit_code != 0
    assert isinstance(result.exception, UsageError)
    assert "line 3" in str(result.exception)
    assert result.stdout == ""


def test_a_manifest_that_is_not_there_is_wrong_usage():
    assert isinstance(run("/nowhere/manifest.jsonl").exception, UsageError)
