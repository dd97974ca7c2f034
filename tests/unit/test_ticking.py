"""Lines that change by themselves, and lines beside them that tell something."""

from __future__ import annotations

import pytest

from worker.parse.text import content_hash, text_hash
from worker.parse.ticking import ticks, without_ticking

STORY = "The harbour was opened again by the council after a winter of repairs."


@pytest.mark.parametrize(
    "line",
    """Updated at 14:32
    (Updated: Mon, 30 Mar 2026 11:00:00 +0200)
    Last updated: March 30, 2026 at 14:32
    Updated 2.32 pm GMT, 30 March 2026
    Posted: 30 March 2026, 10:00; updated: 30 March 2026, 11:00
    Stand: 30.03.2026, 11:45 Uhr
    Zuletzt aktualisiert am 30. März 2026, 11:45
    Mis à jour le 30 mars 2026 à 11h45
    Actualizado a las 11:30
    Обновлено 30 марта 2026, 11:30
    更新日時：2026年3月30日 11時
    12 comments
    1.2K shares
    44 people are reading this now
    5 min read · 4 comments
    1.204 Kommentare""".splitlines(),
)
def test_a_line_that_says_a_moment_or_a_count_alone_ticks(line: str) -> None:
    assert ticks(line.strip())
    assert content_hash("Harbour", f"{STORY}\n\n{line.strip()}") == content_hash("Harbour", STORY)


@pytest.mark.parametrize(
    "line",
    """Updated to 15 deaths by 2026
    Update 14:30: Two dead
    Published figures for 2026 show 12 dead
    Standing at 2026
    Updated
    12 comments were removed
    2 votes decided it
    14:32
    The council met at 14:32 on 30 March 2026.""".splitlines(),
)
def test_a_line_that_tells_something_does_not_tick(line: str) -> None:
    assert not ticks(line.strip())
    assert text_hash(f"{STORY}\n\n{line.strip()}") != text_hash(STORY)


def test_other_lines_keep_their_order_and_a_text_without_any_is_the_same() -> None:
    assert without_ticking(f"One.\n\n12 comments\n\n{STORY}\n\nUpdated 14:32") == f"One.\n\n{STORY}"
    assert without_ticking(STORY) is STORY
