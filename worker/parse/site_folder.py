"""The rules that an installation has: those that Dateline brings along, and the user's own, which win."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from worker.parse.site_file import read_rule
from worker.parse.site_rules import SiteRule, SiteRules
from worker.parse.site_toml import RuleFileError

SHIPPED = Path(__file__).parent / "sites"
MAX_FILE = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """A rule file that is not used, or not for all its hosts, and why; `line` is 0 for the file as a whole."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


def load_rules(places: Iterable[Path] = (SHIPPED,)) -> tuple[SiteRules, list[RuleProblem]]:
    """The rules of these folders and files, a later place's word before an earlier one's; and what is wrong with them.

    A broken file costs itself alone: the general reader reads its publisher's pages.
    """
    rules: dict[str, SiteRule] = {}
    problems: list[RuleProblem] = []
    for place in places:
        mine: dict[str, SiteRule] = {}
        for path in _files(place, problems):
            try:
                rule = _read_file(path)
            except RuleFileError as error:
                problems.append(RuleProblem(_shown(path), error.line, str(error)))
                continue
            for host in rule.hosts:
                if first := mine.get(host):
                    message = f"{host} has a rule in {Path(first.path).name} already, which is used"
                    problems.append(RuleProblem(_shown(path), 0, message))
                else:
                    mine[host] = rule
        rules |= mine
    return SiteRules(rules), problems


def _files(place: Path, problems: list[RuleProblem]) -> list[Path]:
    if place.is_dir():
        return sorted(place.glob("*.toml"))
    if not place.is_file():
        problems.append(RuleProblem(str(place), 0, "no such file or folder"))
        return []
    return [place]


def _shown(path: Path) -> str:
    """A file as messages name it: shipped ones by their folder's name, the user's own in full."""
    return f"sites/{path.name}" if path.parent == SHIPPED else str(path)


def _read_file(path: Path) -> SiteRule:
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_FILE:
            raise RuleFileError(0, f"the file has {len(raw)} bytes, more than {MAX_FILE}")
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise RuleFileError(0, f"the file cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise RuleFileError(raw.count(b"\n", 0, error.start) + 1, "the file is not UTF-8") from None
    return read_rule(text, path.stem, str(path))
