"""The built-in enrichers on small texts in many languages, and what running one forgives."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.nouns.articles import ParsedArticle
from dateline.nouns.enrichments import Enrichable
from worker.enrich import installed
from worker.enrich.enricher import LARGEST, Enricher, enrich_read, run
from worker.enrich.installed import AT_ONCE, EXTRAS, EnricherAway, chosen, load
from worker.enrich.keywords import Keywords
from worker.enrich.language import Language, tell
from worker.enrich.reading_time import ReadingTime
from worker.enrich.summary import Summary

# --- language ---

SAID = [
    ("en", "The council said on Friday that it would look at the plans for the harbour again before the summer."),
    ("de", "Der Rat teilte am Freitag mit, dass er die Pläne für den Hafen noch vor dem Sommer erneut prüfen wird."),
    ("fr", "Le conseil a annoncé vendredi qu'il examinerait de nouveau les projets pour le port avant l'été."),
    ("es", "El ayuntamiento anunció el viernes que volverá a estudiar los planes para el puerto antes del verano."),
    (
        "pt",
        "A câmara anunciou na sexta-feira que vai analisar de novo os planos para o porto antes do verão, não depois.",
    ),
    ("it", "Il consiglio ha annunciato venerdì che esaminerà di nuovo i piani per il porto prima dell'estate."),
    ("nl", "De raad heeft vrijdag laten weten dat hij de plannen voor de haven nog voor de zomer opnieuw bekijkt."),
    ("sv", "Rådet meddelade på fredagen att det kommer att se över planerna för hamnen igen före sommaren."),
    ("da", "Byrådet oplyste fredag, at det vil se på planerne for havnen igen inden sommeren, og at der ikke er hast."),
    (
        "no",
        "Bystyret opplyste fredag at det vil se på planene for havnen igjen før sommeren, og at det ikke haster nå.",
    ),
    ("fi", "Kaupunginhallitus kertoi perjantaina, että se tarkastelee sataman suunnitelmia uudelleen ennen kesää."),
    ("pl", "Rada miasta poinformowała w piątek, że jeszcze przed latem ponownie przyjrzy się planom dla portu."),
    ("cs", "Zastupitelstvo v pátek oznámilo, že se k plánům na přístav vrátí ještě před létem, a to znovu."),
    ("sk", "Zastupiteľstvo v piatok oznámilo, že sa k plánom na prístav vráti ešte pred letom, a to znova."),
    ("hu", "A tanács pénteken közölte, hogy a kikötő terveit még a nyár előtt újra megvizsgálja, és nem vár tovább."),
    ("ro", "Consiliul a anunțat vineri că va analiza din nou planurile pentru port înainte de vară, nu după."),
    ("tr", "Belediye meclisi cuma günü liman için hazırlanan planları yazdan önce bir kez daha ele alacağını söyledi."),
    (
        "id",
        "Dewan mengatakan pada hari Jumat bahwa mereka akan melihat kembali rencana pelabuhan itu sebelum musim panas.",
    ),
    ("vi", "Hội đồng cho biết hôm thứ Sáu rằng họ sẽ xem xét lại các kế hoạch cho cảng trước mùa hè."),
    (
        "ca",
        "El consell va anunciar divendres que tornarà a estudiar els plans per al port abans de l'estiu, amb calma.",
    ),
    ("ru", "Городской совет сообщил в пятницу, что он ещё раз рассмотрит планы строительства порта до лета."),
    ("uk", "Міська рада повідомила в п'ятницю, що вона ще раз розгляне плани щодо порту до літа."),
    ("bg", "Общинският съвет съобщи в петък, че ще разгледа отново плановете за пристанището преди лятото."),
    ("sr", "Градско веће је у петак саопштило да ће поново размотрити планове за луку пре лета."),
    ("el", "Το συμβούλιο ανακοίνωσε την Παρασκευή ότι θα εξετάσει ξανά τα σχέδια για το λιμάνι."),
    ("ar", "قال المجلس يوم الجمعة إنه سينظر مرة أخرى في خطط الميناء قبل الصيف."),
    ("fa", "شورای شهر روز جمعه اعلام کرد که طرح‌های بندر را پیش از تابستان دوباره بررسی می‌کند."),
    ("ur", "کونسل نے جمعہ کو کہا کہ وہ موسم گرما سے پہلے بندرگاہ کے منصوبوں پر دوبارہ غور کرے گی۔"),
    ("he", "המועצה הודיעה ביום שישי כי היא תבחן שוב את התוכניות לנמל לפני הקיץ."),
    ("hi", "परिषद ने शुक्रवार को कहा कि वह गर्मियों से पहले बंदरगाह की योजनाओं पर फिर से विचार करेगी।"),
    ("bn", "কাউন্সিল শুক্রবার জানিয়েছে যে তারা গ্রীষ্মের আগে বন্দরের পরিকল্পনা আবার দেখবে।"),
    ("ta", "கோடைக்கு முன் துறைமுகத் திட்டங்களை மீண்டும் பரிசீலிப்பதாக மன்றம் தெரிவித்தது."),
    ("th", "สภากล่าวเมื่อวันศุกร์ว่าจะพิจารณาแผนท่าเรืออีกครั้งก่อนฤดูร้อน"),
    ("zh", "市议会周五表示，将在夏季之前再次审议港口计划。"),
    ("ja", "市議会は金曜日、港の計画を夏までにもう一度検討すると発表した。"),
    ("ko", "시의회는 금요일 여름 이전에 항구 계획을 다시 검토하겠다고 밝혔다."),
]


@pytest.mark.parametrize(("language", "text"), SAID, ids=[language for language, _ in SAID])
def test_a_sentence_tells_its_language(language: str, text: str) -> None:
    told = tell(text)
    assert told is not None and told[0] == language


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("Der Rat prüft die Pläne für den Hafen, und das ist gut so.", "en", "de"),  # a template's word
        ("Byrådet vil se på planerne for havnen igen", "da", "da"),
        ("Odlučeno je da se planovi za luku ponovo razmotre", "sr", "sr"),  # as good as Croatian
        ("Odlučeno je da se planovi za luku ponovo razmotre", "hr", "hr"),
        ("Bayern 3:1 Real", "de", "de"),  # too short to tell
        ("Bayern 3:1 Real", None, None),
        ("12345 — 67890", None, None),
    ],
)
def test_a_pages_declaration_is_evidence_no_proof(text: str, declared: str | None, language: str | None) -> None:
    told = Language().enrich(Enrichable(text=text, language=declared))
    assert (told["language"] if told else None) == language
    assert told is None or told["declared"] == declared


# --- summary ---


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("One is here to stay. Two comes after it. Three is enough. Four is not taken.",
         "One is here to stay. Two comes after it. Three is enough."),
        ("By JANE DOE\n\nWhat happened\n\nMr. Smith of the U.S. Navy left at 5 p.m. on Friday. He was tired of it.",
         "Mr. Smith of the U.S. Navy left at 5 p.m. on Friday. He was tired of it."),
        ("Die Bahn investiert 3,5 Mrd. Euro in das Netz. Das teilte sie am Freitag mit. Gut so! Mehr folgt.",
         "Die Bahn investiert 3,5 Mrd. Euro in das Netz. Das teilte sie am Freitag mit. Gut so!"),
        ("\u201cWe will look again,\u201d she said. \u201cSoon.\u201d The vote is on Monday. Nothing more was told.",
         "\u201cWe will look again,\u201d she said. \u201cSoon.\u201d The vote is on Monday."),
        ("市议会周五表示，将在夏季之前再次审议港口计划。市长说，这是好事。投票将于周一举行。更多消息。",
         "市议会周五表示，将在夏季之前再次审议港口计划。 市长说，这是好事。 投票将于周一举行。"),
        ("परिषद ने शुक्रवार को कहा कि वह फिर से विचार करेगी। यह अच्छा है।",
         "परिषद ने शुक्रवार को कहा कि वह फिर से विचार करेगी। यह अच्छा है।"),
        ("No stop in sight anywhere in this text", "No stop in sight anywhere in this text"),
    ],
)  # fmt: skip
def test_the_first_sentences_are_the_summary(text: str, summary: str) -> None:
    assert Summary().enrich(Enrichable(text=text)) == {"text": summary}


def test_a_summary_is_bounded_and_an_empty_text_has_none() -> None:
    assert Summary().enrich(Enrichable(text="")) is None
    told = Summary().enrich(Enrichable(text="word " * 5_000))
    assert told is not None and len(str(told["text"])) <= 1_002 and str(told["text"]).endswith("word …")


# --- keywords ---

HARBOUR = (
    "The European Commission fined Acme Harbours on Friday. The harbour operator said the fine was unfair.\n\n"
    "The European Commission has looked at the harbour for years. Ursula Meyer, who leads the inquiry, said the "
    "operator had overcharged ferries. Meyer said ferries paid twice. Acme Harbours will appeal, and time will tell."
)


def words(title: str, text: str, language: str | None = None) -> list[str]:
    told = Keywords().enrich(Enrichable(title=title, text=text, language=language))
    return told["words"] if told else []  # type: ignore[return-value]


def test_keywords_are_frequent_here_and_rare_elsewhere_names_whole() -> None:
    found = words("Commission fines harbour operator", HARBOUR)
    assert {"European Commission", "Ursula Meyer", "Acme Harbours", "operator", "ferries"} <= set(found)
    assert not {"the", "said", "time", "years", "Friday"} & set(found)
    assert len(found) == len({word.lower() for word in found}) <= 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "航天合作论坛在北京举行。航天合作是各国的愿望。代表们谈到航天合作。加勒比国家参加。加勒比国家表示欢迎。",
            {"航天合作", "加勒比国家"},
        ),
        (
            "気象庁は津波注意報を出した。津波注意報は宮崎県に出た。気象庁によると宮崎県で地震があった。",
            {"津波注意報", "気象庁", "宮崎県"},
        ),
        ("항구를 다시 연다. 항구는 폐쇄됐었다. 시장이 항구에서 말했다. 시의회는 항구의 계획을 검토했다.", {"항구"}),
        ("สภากล่าวเมื่อวันศุกร์ว่าจะพิจารณาแผนท่าเรืออีกครั้งก่อนฤดูร้อน สภากล่าว", set()),  # only a dictionary parts its words
    ],
)
def test_keywords_of_scripts_that_write_words_otherwise(text: str, expected: set[str]) -> None:
    found = set(words("", text))
    assert expected <= found if expected else not found


# --- reading time ---


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("word " * 476, {"words": 476, "characters": 0, "minutes": 2.0}),
        ("字" * 1000, {"words": 0, "characters": 1000, "minutes": 2.0}),
        ("“Ein Satz” – mehr nicht.", {"words": 5, "characters": 0, "minutes": 0.1}),
        ("东京 2020 Olympics", {"words": 2, "characters": 2, "minutes": 0.1}),
        ("", None),
    ],
)
def test_reading_time_counts_words_and_characters(text: str, told: dict[str, Any] | None) -> None:
    assert ReadingTime().enrich(Enrichable(text=text)) == told


# --- running them ---


class Odd:
    """An enricher that does what it is told."""

    name, version = "odd", "3"

    def __init__(self, result: Any) -> None:
        self.result = result

    def enrich(self, article: Enrichable) -> Any:
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


@pytest.mark.parametrize(
    ("result", "error"),
    [
        (ValueError("no"), "ValueError: no"),
        ("x" * LARGEST, f"its result has {LARGEST + 2} bytes"),
        (object(), "TypeError"),
        ({1.5: {"a"}, object(): 1}, "TypeError"),
    ],
)
def test_what_an_enricher_does_wrong_is_its_result(result: Any, error: str) -> None:
    made = run(Odd(result), Enrichable())
    assert (made.enricher, made.version, made.result) == ("odd", "3", None) and error in made.error


def test_a_result_is_what_json_makes_of_it() -> None:
    assert run(Odd({"a": (1, 2)}), Enrichable()).result == {"a": [1, 2]}
    assert run(Odd(None), Enrichable()).error == ""


def test_memory_that_runs_out_is_nobodys_result() -> None:
    with pytest.raises(MemoryError):
        run(Odd(MemoryError()), Enrichable())  # type: ignore[arg-type]


def test_a_failing_enricher_leaves_the_article_and_the_others() -> None:
    read = enrich_read(ParsedArticle(title="T", text=HARBOUR), "http://a.example/", [Odd(ValueError("no")), Language()])
    assert [bool(one.error) for one in read.enrichments] == [True, False]
    assert (read.language, read.provenance) == ("en", {"language": "text"})


@pytest.mark.parametrize("article", [ParsedArticle(title="Only a title"), ParsedArticle(text=HARBOUR, wall="consent")])
def test_what_has_no_text_of_its_own_is_not_enriched(article: ParsedArticle) -> None:
    assert enrich_read(article, "http://a.example/", AT_ONCE) is article


@given(st.text(max_size=300), st.text(max_size=2_000), st.sampled_from([None, "en", "zh", "ja", "ko", "th", "xx"]))
def test_no_text_makes_a_built_in_enricher_fail(title: str, text: str, language: str | None) -> None:
    article = Enrichable(title=title, text=text, language=language)
    made = [run(enricher, article) for enricher in AT_ONCE]
    assert [one.error for one in made] == [""] * len(AT_ONCE)
    assert made == [run(enricher, article) for enricher in AT_ONCE]  # no chance in it


# --- which there are ---


@pytest.mark.parametrize(
    ("wishes", "at_once", "later", "problems"),
    [
        ((), 4, (), 0),
        (("-keywords",), 3, (), 0),
        (("places", "sentiment"), 4, ("sentiment", "places"), 0),
        (("sentiment", "-sentiment"), 4, (), 0),
        (("nonsense",), 4, (), 1),
    ],
)
def test_a_setting_chooses_enrichers(
    wishes: tuple[str, ...], at_once: int, later: tuple[str, ...], problems: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "others", lambda: ({}, []))  # whatever else this machine has
    on = chosen(wishes)
    assert (len(on.at_once), on.later, len(on.problems)) == (at_once, later, problems)


def test_what_to_install_is_told_as_it_can_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(installed.ROOT)
    monkeypatch.setattr("sys.executable", str(installed.ROOT / ".venv" / "bin" / "python"))
    assert installed.install_extra("places") == '.venv/bin/python -m pip install -e ".[places]"'
    monkeypatch.chdir(tmp_path)
    command = installed.install_extra("places")
    assert command == f'{sys.executable} -m pip install -e "{installed.ROOT}[places]"'
    monkeypatch.setattr(installed, "ROOT", tmp_path)  # installed without its checkout
    assert "pip" not in installed.install_extra("places")


@pytest.mark.parametrize("name", EXTRAS)
def test_an_extra_is_an_enricher_or_says_what_to_install(name: str) -> None:
    try:
        enricher = load(name)
    except EnricherAway as away:
        assert "install" in away.remedy or "download" in away.remedy
    else:
        made = run(
            enricher, Enrichable(title="Storm destroys harbour", text=HARBOUR + " It was in Berlin, in Germany.")
        )
        assert isinstance(enricher, Enricher) and not made.error and made.result
