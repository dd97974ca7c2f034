"""The house itself: where its packages lie, how long its files are, what it depends on, what it must not say."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib import import_module, metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PACKAGES = ("cli", "api", "worker", "scheduler", "storage", "dateline")
LONGEST = {"tests": 700}  # lines: tables of cases are read line by line, not as a story
LONGEST_STORY = 400  # lines; most files are far shorter
# What counters are called, language after language; every column of the first tables.
TABLES_OF_WORDS = {
    "worker/parse/view_phrases.py",
    "storage/migrations/versions/0001_first_house.py",
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUNTIME = [Requirement(text) for text in PROJECT["dependencies"]]
TESTING = [Requirement(text) for text in PROJECT["optional-dependencies"]["test"]]
TABLES = (ROOT / "docs" / "dependencies.md").read_text().split("## To test")


def _tracked() -> list[Path]:
    """The files that belong to the project: those of git where there is one, else all but what tools leave."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    left = {".venv", ".git", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis", "build", "dist"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not left & set(path.relative_to(ROOT).parts)]


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_of_ours_is_not_a_strangers_of_the_same_name(name: str) -> None:
    """The package index holds unrelated packages named worker, scheduler and storage."""
    assert Path(import_module(name).__file__ or "").is_relative_to(ROOT)


def test_no_file_tells_more_than_its_story() -> None:
    long = {}
    for path in _tracked():
        name = str(path.relative_to(ROOT))
        lines = len(path.read_text().splitlines()) if path.suffix == ".py" else 0
        if lines > LONGEST.get(name.split("/")[0], LONGEST_STORY) and name not in TABLES_OF_WORDS:
            long[name] = lines
    assert long == {}


@pytest.mark.parametrize(("requirements", "page"), [(RUNTIME, TABLES[0]), (TESTING, TABLES[1])], ids=["run", "test"])
def test_every_dependency_has_its_reason_and_no_reason_outlives_it(requirements: list[Requirement], page: str) -> None:
    assert re.findall(r"^\| ([a-z0-9-]+) \|(?! why)", page, re.MULTILINE) == [each.name for each in requirements]


@pytest.mark.parametrize("requirement", RUNTIME + TESTING, ids=lambda each: each.name)
def test_the_page_of_dependencies_names_the_release_that_is_locked(requirement: Requirement) -> None:
    lock = (ROOT / "requirements-dev.lock").read_text()
    locked = re.findall(rf"^{re.escape(requirement.name)}==(\S+)", lock, re.MULTILINE)  # one for each Python
    row = re.search(rf"^\| {re.escape(requirement.name)} \|.*\| (\S+) \|$", "".join(TABLES), re.MULTILINE)
    assert row and any(release.startswith(row[1]) for release in locked)


def _running() -> set[str]:
    """The names of all distributions that the run-time dependencies bring along on this machine."""
    found: set[str] = set()
    todo = list(RUNTIME)
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # for another platform
        extras = requirement.extras or {""}
        wanted = [Requirement(text) for text in needs]
        wanted = [w for w in wanted if not w.marker or any(w.marker.evaluate({"extra": extra}) for extra in extras)]
        todo += [each for each in wanted if canonicalize_name(each.name) not in found]
        found.add(name)
    return found


def _licences(name: str) -> str:
    told = metadata.metadata(name).json
    classifiers = [str(c) for c in told.get("classifier", []) if str(c).startswith("License")]
    return " / ".join([str(told.get("license_expression") or told.get("license", ""))[:80], *classifiers])


def _binds_us(licence: str) -> bool:
    """Whether this is the GPL or AGPL without another choice. The LGPL and MPL are fine for libraries unchanged."""
    strict = re.search(r"(?<!L)\bA?GPL|(?<!Lesser )General Public|Affero", licence)
    return bool(strict) and " OR " not in licence


@pytest.mark.parametrize(
    ("licence", "binds"),
    [
        ("GPL-3.0-only", True),
        ("AGPL-3.0-or-later", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License", True),
        ("LGPL-3.0-only", False),
        ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", False),
        ("MIT", False),
    ],
)
def test_a_licence_that_binds_us_is_known_by_its_name(licence: str, binds: bool) -> None:
    assert _binds_us(licence) is binds


def test_nothing_that_runs_is_gpl_or_agpl() -> None:
    running = _running()
    assert {"celery", "kombu", "trafilatura", "courlan", "psycopg-binary"} <= running  # the walk walks
    assert {name: _licences(name) for name in running if _binds_us(_licences(name))} == {}


def test_no_file_names_the_host_of_a_package_registry() -> None:
    """A lock with addresses would send everyone's installer to one machine's mirror."""
    host = re.compile(
        r"(--(extra-)?index-url|--find-links)[ =]+\S|https?://[^\s/]*(pypi|pythonhosted|artifactory|nexus)\."
    )
    named = [str(p.relative_to(ROOT)) for p in _tracked() if host.search(p.read_text(errors="ignore"))]
    assert named == []
