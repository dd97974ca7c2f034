"""The site rules of this installation: those that Dateline brings along, and those of the folder that a setting names.

Read once in a process, by whoever reads pages or makes URL keys there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from dateline.settings import NAMES
from worker.dedupe.urls import use_site_rules
from worker.parse.site_folder import SHIPPED, RuleProblem, load_rules
from worker.parse.site_rules import SiteRules

SETTING = "DATELINE_SITE_RULES"


@cache
def installed() -> tuple[SiteRules, tuple[RuleProblem, ...]]:
    """The rules, and what is wrong with their files. A broken file costs itself alone."""
    folder = os.environ.get(SETTING, "").strip()
    own: Iterable[Path] = [NAMES[SETTING][1](folder)] if folder else []
    rules, problems = load_rules([SHIPPED, *own])
    return rules, tuple(problems)


@cache
def use_identities() -> None:
    """Let URL keys follow the rules' `[identity]`: in each process that makes keys, before its first."""
    use_site_rules(installed()[0].identities)


def tell_problems() -> None:
    """One line of the log for each rule file that is not used."""
    from dateline import log  # here: a command that asks for keys alone starts three times as fast without it

    for problem in installed()[1]:
        log.get("sites").warning("site_rule_not_used", file=problem.path, line=problem.line, error=problem.message)
