"""Bytes to text, in the standard's order."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.parse.encoding import decode_html, decode_xml

SENTENCES = {
    "Czech": "Příliš žluťoučký kůň úpěl ďábelské ódy. Vláda dnes jednala o rozpočtu na příští rok. ",
    "Russian": "Правительство обсудило бюджет на следующий год и новые меры. ",
    "Ukrainian": "Уряд сьогодні оголосив про нові економічні заходи, їх є багато. ",
    "Japanese": "東京都は十日、新しい予算案を発表した。記者会見で知事が説明した。カタカナもあります。",
    "Chinese": "中国政府今天宣布了新的经济政策，市场反应积极。专家认为这将有助于增长。",
    "Taiwanese": "台灣政府今天宣布了新的經濟政策，市場反應積極。專家認為這將有助於成長。",
    "Korean": "정부는 오늘 새로운 경제 정책을 발표했다. 시장은 긍정적으로 반응했다. ",
    "Greek": "Η κυβέρνηση ανακοίνωσε σήμερα νέα μέτρα για την οικονομία. ",
    "Turkish": "Hükümet bugün yeni ekonomik önlemleri açıkladı. Işık, çığ, şöyle. ",
    "Hebrew": "הממשלה הודיעה היום על צעדים כלכליים חדשים. ",
    "Arabic": "أعلنت الحكومة اليوم عن إجراءات اقتصادية جديدة. ",
    "Thai": "รัฐบาลประกาศมาตรการเศรษฐกิจใหม่ในวันนี้ ",
    "French": "Le gouvernement a annoncé aujourd’hui de nouvelles mesures à l’été, a déclaré le préfet. ",
    "Polish": "Rząd ogłosił dziś nowe środki gospodarcze. Zażółć gęślą jaźń. ",
    "Lithuanian": "Vyriausybė šiandien paskelbė naujas ekonomines priemones. Žąsis čia. ",
}
META = "<meta charset={}><p>{}"
PRAGMA = '<meta content="text/html; charset={}" http-equiv=Content-Type><p>{}'


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (codecs.BOM_UTF8 + "é".encode(), "text/html; charset=koi8-r", "é"),
        (codecs.BOM_UTF8, None, ""),
        ("é".encode("utf-16"), "text/html; charset=utf-8", "é"),
        (codecs.BOM_UTF16_BE + "é".encode("utf-16-be"), None, "é"),
        (codecs.BOM_UTF32_LE + "é".encode("utf-32-le"), None, "é"),
        ("<p>é".encode("utf-16-le"), None, "<p>é"),
        ("\r\n <p>é".encode("utf-16-le"), "text/html; charset=utf-8", "\r\n <p>é"),
        ("\n<!doctype html>é".encode("utf-16-be"), None, "\n<!doctype html>é"),
        ("a page of words é".encode("utf-16-le"), "text/html; charset=utf-16", "a page of words é"),
        ("я".encode("koi8-r"), "text/html; charset=KOI8-R", "я"),
        ("я".encode("koi8-r"), 'text/html; charset = "koi8-r"; x=y', "я"),
        (
            META.format("windows-1251", "я").encode("koi8-r"),
            "text/html; charset=koi8-r",
            META.format("windows-1251", "я"),
        ),
        (META.format("koi8-r", "é").encode("koi8-r", "ignore") + b"\xd1", None, META.format("koi8-r", "я")),
        ("<!-- <meta charset=koi8-r> -->é".encode(), None, "<!-- <meta charset=koi8-r> -->é"),
        ("“it’s”".encode("cp1252"), "text/html; charset=iso-8859-1", "“it’s”"),
        ("é".encode(), "text/html", "é"),
        ("café au lait".encode("latin-1"), None, "café au lait"),
        (b"plain", "text/html; charset=utf-16", "plain"),
        (b"", None, ""),
    ],
)
def test_the_most_trusted_sign_decides(body: bytes, content_type: str | None, text: str) -> None:
    assert decode_html(body, content_type) == text


@pytest.mark.parametrize(
    "form", [META, PRAGMA, '<META CHARSET="{}" /><p>{}', "<?xml version='1.0' encoding='{}'?><p>{}"]
)
@pytest.mark.parametrize(
    ("label", "encoding", "text"),
    [
        ("iso-8859-1", "cp1252", "“it’s” €"),
        ("us-ascii", "cp1252", "naïve"),
        ("latin1", "cp1252", "naïve"),
        ("gb2312", "gbk", "你好世界镕"),
        ("gbk", "gb18030", "你好世界㐀"),
        ("shift_jis", "cp932", "①髙橋さん"),
        ("x-sjis", "cp932", "東京"),
        ("euc-kr", "cp949", "뷁은 한글이다"),
        ("ks_c_5601-1987", "cp949", "한글"),
        ("cp949", "cp949", "한글"),
        ("big5", "big5", "台灣新聞"),
        ("tis-620", "cp874", "ข่าว"),
        ("iso-8859-9", "cp1254", "ışık"),
        ("win-1251", "cp1251", "я"),
        ("koi8-u", "koi8-u", "їжак"),
        ("iso-2022-jp", "iso2022_jp", "東京"),
        ("x-user-defined", "cp1252", "naïve"),
        ("macintosh", "mac_roman", "naïve"),
    ],
)
def test_labels_mean_what_browsers_read(form: str, label: str, encoding: str, text: str) -> None:
    source = form.format(label, text)
    assert decode_html(source.encode(encoding)) == source


@pytest.mark.parametrize(
    "label", ["utf-16", "utf-16le", "unicode", "utf-7", "no-such-thing", "hz-gb-2312", "replacement"]
)
def test_a_document_that_reads_as_ascii_is_not_in_what_it_declares(label: str) -> None:
    source = META.format(label, "é")
    assert decode_html(source.encode()) == source


@pytest.mark.parametrize(
    "label", ["rot13", "hex", "utf-7", "idna", "no-such-thing", "unicode_escape", "\x00", "utf-32", ""]
)
def test_labels_that_name_no_encoding_of_the_web_are_passed_over(label: str) -> None:
    assert decode_html("é".encode(), f"text/html; charset={label}") == "é"


def test_utf_7_stays_what_it_looks_like() -> None:
    assert decode_html(b"<p>+ADw-script+AD4-", "text/html; charset=utf-7") == "<p>+ADw-script+AD4-"


@pytest.mark.parametrize(
    "label", ["iso-8859-1", "us-ascii", "windows-1252", "windows-1251", "gb2312", "shift_jis", "big5"]
)
@pytest.mark.parametrize("text", ["naïve – “quoted”", "Правительство", "東京都は十日"])
def test_a_label_on_what_proves_to_be_utf_8_is_not_believed(label: str, text: str) -> None:
    assert decode_html(text.encode(), f"text/html; charset={label}") == text


def test_utf_8_broken_here_and_there_is_utf_8_still() -> None:
    text = "Правительство обсудило бюджет на следующий год"
    body = (text * 3).encode() + b"\xff"
    assert decode_html(body, "text/html; charset=iso-8859-1") == f"{text * 3}�"
    assert decode_html(body[:-2], "text/html; charset=windows-1251") == f"{text * 3}"[:-1] + "�"


def test_one_stray_byte_does_not_disprove_a_label() -> None:
    assert decode_html("naïve café".encode() + b"\xff", "text/html; charset=utf-8") == "naïve café�"
    assert decode_html("東京都は十日".encode("cp932") + b"\xff", "text/html; charset=shift_jis") == "東京都は十日�"


def test_a_utf_8_label_on_windows_text_is_not_believed() -> None:
    text = "<p>he said “it’s fine”"
    assert decode_html(text.encode("cp1252"), "text/html; charset=utf-8") == text


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        *[("Czech", "cp1250"), ("Czech", "iso8859_2"), ("Polish", "cp1250"), ("Lithuanian", "cp1257")],
        *[("Russian", "cp1251"), ("Russian", "koi8-r"), ("Russian", "cp866"), ("Ukrainian", "koi8-u")],
        *[("Japanese", "cp932"), ("Japanese", "euc_jp"), ("Japanese", "iso2022_jp"), ("Korean", "cp949")],
        *[("Chinese", "gbk"), ("Taiwanese", "big5"), ("Greek", "cp1253"), ("Turkish", "cp1254")],
        *[("Hebrew", "cp1255"), ("Arabic", "cp1256"), ("Thai", "cp874"), ("French", "cp1252"), ("French", "utf-8")],
    ],
)
def test_without_any_label_the_bytes_are_judged(language: str, encoding: str) -> None:
    source = f"<html><body class=story><p>{SENTENCES[language] * 2}</p>"
    assert decode_html(source.encode(encoding)) == source


@pytest.mark.parametrize("content_type", [None, "text/html; charset=utf-8", "text/html; charset=utf-16le"])
def test_neither_nul_nor_lone_surrogates_come_out(content_type: str | None) -> None:
    for body in (
        b"a\0b",
        b"\xed\xa0\x80 x",
        b"\x3d\xd8\x20\x00<\0p\0",
        b"\xff\xfe\x3d\xd8<\0",
        "<p>\0é".encode("utf-16"),
    ):
        text = decode_html(body, content_type)
        assert "\0" not in text
        assert text.encode().decode() == text


def test_xml_declares_its_encoding_after_the_header() -> None:
    body = '<?xml version="1.0" encoding="windows-1251"?><a>я</a>'.encode("cp1251")
    assert decode_xml(body).endswith("<a>я</a>")
    assert decode_xml(body, "text/xml; charset=koi8-r").endswith("<a>Ъ</a>")


def test_a_meta_tag_within_xml_declares_nothing() -> None:
    assert decode_xml(b"<a><![CDATA[<meta charset=koi8-r>]]>caf\xe9</a>").endswith("café</a>")


@given(
    st.binary(max_size=200) | st.text(max_size=80).map(str.encode),
    st.none() | st.sampled_from(["big5", "utf-16", "x", "iso-2022-jp", "gb18030", "x-user-defined", "replacement"]),
)
def test_no_bytes_make_it_fail(body: bytes, label: str | None) -> None:
    text = decode_html(body, label and f"text/html; charset={label}")
    assert "\0" not in text
    text.encode()
