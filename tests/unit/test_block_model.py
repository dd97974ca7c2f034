"""The block model: what its trees answer, what it keeps, when it is unsure, and that its file fits this reader."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from worker.parse.block_extractor import BlockExtractor
from worker.parse.block_model import MODEL_FILE, BlockModel, Trees, choices
from worker.parse.extractor import Body
from worker.parse.features import context, describe
from worker.parse.page import Page, open_page

SENTENCES = (
    "The council voted on Tuesday to close the old bridge, which engineers had called unsafe for almost a decade.",
    "Residents of the eastern quarter, who cross it every morning, said that nobody had asked them what they thought.",
    '"We learned of it from the paper," said Maria Lund, 54, who runs a bakery beside the northern ramp of the bridge.',
    "The mayor defended the decision and said that a ferry would take its place from the first of May until autumn.",
    "Engineers will begin to take down the steel arches in June, the city said, and work should last for two years.",
    "A study of the year before had put the cost of repair at 41 million, three times what a new bridge would take.",
)
TEASERS = ("Ten cakes to bake", "What to see this weekend", "Weather: rain until Friday", "Subscribe for one euro")


def page(body: str, title: str = "City closes old bridge") -> Page:
    markup = f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"
    return open_page(markup.encode(), "https://example.org/a")


def story(paragraphs: Sequence[str] = SENTENCES) -> str:
    return (
        '<div class="menu"><ul><li><a href=/>Home</a></li><li><a href=/s>Sport</a></li></ul></div>'
        '<article class="article"><h1>City closes old bridge</h1><div class="article-body">'
        + "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        + '</div></article><div class="related"><h3>Read more</h3><ul>'
        + "".join(f"<li><a href=/x>{teaser}</a></li>" for teaser in TEASERS)
        + '</ul></div><div class="footer"><p>Copyright 2026 The Example. All rights reserved.</p></div>'
    )


class Recorder:
    """A fall-back that remembers what it was asked."""

    name = "recorder"

    def __init__(self) -> None:
        self.asked: list[Page] = []

    def extract(self, pages: Sequence[Page]) -> list[Body]:
        self.asked += pages
        return [Body(("what the fall-back says " * 20,), self.name) for _ in pages]


def test_a_tree_adds_the_leaf_that_its_questions_lead_to() -> None:
    trees = Trees(
        feature=np.array([[0, 1]], np.uint16),
        border=np.array([[0.5, 2.0]], np.float32),
        leaf=np.array([[-9, 0, 1, 2]], np.float32),
        bias=1.0,
    )
    blocks = np.array([[0.5, 0.6, 0.0, 1.0], [2.0, 2.0, 2.1, 3.0]], np.float32)
    assert np.log(1 / (1 / trees.chances(blocks) - 1)) == pytest.approx([-8, 1, 2, 3], abs=0.05)


def test_confidence_is_the_f1_that_the_chances_lead_one_to_expect() -> None:
    batch = describe([page("<p>1234567890</p><p>1234567890</p>", "").blocks, page("<p>12345</p>", "").blocks])
    first, second = choices(batch, np.array([0.9, 0.3, 0.2], np.float32))
    assert first.keep.tolist() == [True, False]
    assert first.confidence == pytest.approx(2 * 9 / (10 + 12), abs=1e-6)
    assert (second.keep.tolist(), second.confidence) == ([False], 0.0)


def test_a_page_is_judged_the_same_alone_and_among_others() -> None:
    pages = [
        page(story()).blocks,
        page("<p>Short</p>", "").blocks,
        page(story(SENTENCES[:2])).blocks,
        page(story()).blocks,
    ]
    model = BlockModel.load()
    together = model.choose(pages)
    for blocks, choice in zip(pages, together, strict=True):
        (alone,) = model.choose([blocks])
        np.testing.assert_allclose(alone.chances, choice.chances, atol=1e-5)
    matrix = describe(pages).matrix
    assert np.isfinite(matrix).all()


def test_no_pages_and_empty_pages_are_no_fault() -> None:
    assert BlockModel.load().choose([]) == []
    batch = describe([page("", "").blocks, page("<p>x</p>", "").blocks, page("", "").blocks])
    assert context(batch, np.array([0.7], np.float32)).shape[1] == 1
    chosen = BlockModel.load().choose([page("", "").blocks, page("<p>x</p>", "").blocks])
    assert [len(choice.keep) for choice in chosen] == [0, 1]


def test_the_model_file_is_small_and_says_how_it_was_made(tmp_path: Path) -> None:
    model = BlockModel.load()
    assert MODEL_FILE.stat().st_size < 100_000
    assert {"corpora", "day", "seed", "settings", "features"} <= set(model.facts)
    model.save(tmp_path / "one.npz")
    BlockModel.load(tmp_path / "one.npz").save(tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_a_model_for_other_features_is_refused(tmp_path: Path) -> None:
    model = BlockModel.load()
    dataclasses.replace(model, facts={**model.facts, "features": -1}).save(tmp_path / "old.npz")
    with pytest.raises(ValueError, match="train it again"):
        BlockModel.load(tmp_path / "old.npz")
    assert json.dumps(model.facts)


def test_the_story_is_kept_paragraph_by_paragraph_and_the_rest_is_not() -> None:
    fall_back = Recorder()
    (body,) = BlockExtractor(fall_back=fall_back).extract([page(story())])
    assert fall_back.asked == []
    assert [paragraph for paragraph in body.paragraphs if paragraph in SENTENCES] == list(SENTENCES)
    assert not set(body.paragraphs) & {*TEASERS, "Home", "Sport", "Read more"}
    assert body.reader.startswith("blocks ")


def test_a_paragraph_that_is_printed_twice_is_told_once() -> None:
    (body,) = BlockExtractor(fall_back=Recorder()).extract([page(story([*SENTENCES, SENTENCES[2]]))])
    assert body.paragraphs.count(SENTENCES[2]) == 1


def test_lines_wrapped_by_hand_are_joined_where_double_breaks_part_paragraphs() -> None:
    wrapped = SENTENCES[0].replace("engineers ", "engineers<br>\n")
    double = "<br><br>".join([wrapped, *SENTENCES[1:]])
    (body,) = BlockExtractor(fall_back=Recorder()).extract(
        [page(f"<h1>City closes old bridge</h1><div>{double}</div>")]
    )
    assert [text for text in body.paragraphs if len(text) > 60] == list(SENTENCES)


def test_lines_are_paragraphs_where_single_breaks_are_all_there_is() -> None:
    single = "<br>".join(SENTENCES)
    (body,) = BlockExtractor(fall_back=Recorder()).extract(
        [page(f"<h1>City closes old bridge</h1><div>{single}</div>")]
    )
    assert [text for text in body.paragraphs if len(text) > 60] == list(SENTENCES)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(page("<p>Hardly a word.</p>"), id="too short"),
        pytest.param(page(""), id="no blocks"),
        pytest.param(page("<p>word</p>" * 13_000), id="too many blocks"),
        pytest.param(open_page("\n\n".join(SENTENCES).encode(), "", "text/plain"), id="plain text"),
    ],
)
def test_the_fall_back_reads_what_the_model_should_not(given: Page) -> None:
    fall_back = Recorder()
    (body,) = BlockExtractor(fall_back=fall_back).extract([given])
    assert fall_back.asked == [given]
    assert body.reader == "recorder"


def test_a_stub_before_a_paywall_is_told_without_the_offer() -> None:
    offer = "<div class=paywall><h2>Continue reading</h2><p>Subscribe for one euro a week and read us.</p></div>"
    (body,) = BlockExtractor().extract([page(story(SENTENCES[:2]) + offer)])
    assert body.paragraphs == SENTENCES[:2]


def test_bodies_come_in_the_order_of_the_pages_however_they_are_portioned() -> None:
    long = "".join(f"<p>{SENTENCES[0]} {number}</p>" for number in range(5_000))
    pages = [page(story()), page(long), page("<p>no</p>"), page(long), page(story(SENTENCES[1:]))]
    bodies = BlockExtractor(fall_back=Recorder()).extract(pages)
    assert [SENTENCES[0] in body.paragraphs for body in bodies] == [True, False, False, False, False]
    assert SENTENCES[5] in bodies[4].paragraphs
    assert len(bodies) == 5


def test_a_page_of_10_000_paragraphs_is_read_in_bounded_time() -> None:
    long = page("".join(f"<p>{SENTENCES[0]} {number}</p>" for number in range(10_000)))
    begun = time.process_time()
    BlockExtractor(fall_back=Recorder()).extract([long])
    assert time.process_time() - begun < 4


@pytest.mark.parametrize(
    "paragraph",
    [
        "国务院周二宣布，将在未来三年内投资改善农村地区的供水系统，这项计划预计覆盖超过一千个村庄，专家表示欢迎。",
        "政府は火曜日、老朽化した橋を閉鎖すると発表した。住民からは不安の声が上がっている。市長は説明会を開く予定だ。",
        "قال وزير النقل يوم الثلاثاء إن الحكومة ستغلق الجسر القديم، الذي وصفه المهندسون بأنه غير آمن منذ سنوات.",
        "שר התחבורה הודיע ביום שלישי כי הגשר הישן ייסגר לתנועה, לאחר שמהנדסים הזהירו כי הוא אינו בטוח לשימוש.",
        "รัฐบาลประกาศเมื่อวันอังคารว่าจะปิดสะพานเก่าเพื่อซ่อมแซมเป็นเวลาสองปี ประชาชนในพื้นที่แสดงความกังวลอย่างมาก",
        "Правительство объявило во вторник, что старый мост будет закрыт: инженеры называли его опасным.",
    ],
)
def test_every_script_is_read(paragraph: str) -> None:
    wanted = [f"{paragraph} {number}." for number in range(8)]
    (body,) = BlockExtractor().extract([page(story(wanted))])
    assert [text for text in body.paragraphs if text in wanted] == wanted
    assert not set(body.paragraphs) & set(TEASERS)
