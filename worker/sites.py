"""The site rules of this installation: those that Dateline brings along, and those of the folder that a setting names.

Read once in a process, by whoever reads pages or makes URL keys there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from dateline import log
from dateline.settings import NAMES
from worker.parse.site_folder import SHIPPED, RuleProblem, load_rules
from worker.parse.site_rules import SiteRules

SETTING = "DATELINE_SITE_RULES"

_log = log.get("sites")


@cache
def installed() -> tuple[SiteRules, tuple[RuleProblem, ...]]:
    """The rules, and what is wrong with their files. A broken file costs itself alone."""
    folder = os.environ.get(SETTING, "").strip()
    own: Iterable[Path] = [NAMES[SETTING][1](folder)] if folder else []
    rules, problems = load_rules([SHIPPED, *own])
    return rules, tuple(problems)


def tell_problems() -> None:
    """One line of the log for each rule file that is not used."""
    for problem in installed()[1]:
        _log.warning("site_rule_not_used", file=problem.path, line=problem.line, error=problem.message)
