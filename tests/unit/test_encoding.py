"""Bytes to text, in the standard's order."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.parse.encoding import decode_html, decode_xml

RUSSIAN = "<p>Правительство обсудило бюджет на следующий год</p>"
CZECH = "<p>Příliš žluťoučký kůň úpěl ďábelské ódy. Vláda dnes jednala o rozpočtu na příští rok.</p>"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (codecs.BOM_UTF8 + "é".encode(), "text/html; charset=koi8-r", "é"),
        ("é".encode("utf-16"), "text/html; charset=utf-8", "é"),
        ("<p>é".encode("utf-16-le"), None, "<p>é"),
        ("я".encode("koi8-r"), "text/html; charset=KOI8-R", "я"),
        (
            '<meta charset="windows-1251">я'.encode("koi8-r"),
            "text/html; charset=koi8-r",
            '<meta charset="windows-1251">я',
        ),
        ("<meta charset=gb2312>你好世界".encode("gbk"), None, "<meta charset=gb2312>你好世界"),
        ("<meta charset=utf-16>é".encode(), None, "<meta charset=utf-16>é"),
        ("<!-- <meta charset=koi8-r> -->é".encode(), None, "<!-- <meta charset=koi8-r> -->é"),
        ("“it’s”".encode("cp1252"), "text/html; charset=iso-8859-1", "“it’s”"),
        ("é".encode(), "text/html", "é"),
        ("café au lait".encode("latin-1"), None, "café au lait"),
        (b"", None, ""),
    ],
)
def test_the_most_trusted_sign_decides(body: bytes, content_type: str | None, text: str) -> None:
    assert decode_html(body, content_type) == text


@pytest.mark.parametrize("declared", ["iso-8859-1", "us-ascii", "windows-1252"])
def test_a_western_label_on_sound_utf_8_is_not_believed(declared: str) -> None:
    assert decode_html("naïve – “quoted”".encode(), f"text/html; charset={declared}") == "naïve – “quoted”"


def test_one_stray_byte_does_not_disprove_utf_8() -> None:
    assert decode_html("naïve café".encode() + b"\xff", "text/html; charset=utf-8") == "naïve café�"


def test_a_utf_8_label_on_windows_text_is_not_believed() -> None:
    assert (
        decode_html("<p>he said “it’s fine”".encode("cp1252"), "text/html; charset=utf-8") == "<p>he said “it’s fine”"
    )


@pytest.mark.parametrize(("text", "encoding"), [(RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (CZECH, "cp1250")])
def test_without_any_label_the_bytes_are_judged(text: str, encoding: str) -> None:
    assert decode_html((text * 3).encode(encoding)) == text * 3


def test_xml_declares_its_encoding_after_the_header() -> None:
    body = '<?xml version="1.0" encoding="windows-1251"?><a>я</a>'.encode("cp1251")
    assert decode_xml(body).endswith("<a>я</a>")
    assert decode_xml(body, "text/xml; charset=koi8-r").endswith("<a>ъ</a>".replace("ъ", b"\xff".decode("koi8-r")))


@pytest.mark.parametrize("label", ["rot13", "hex", "utf-7", "idna", "no-such-thing", "unicode_escape", "\x00"])
def test_labels_that_name_no_encoding_of_the_web_are_passed_over(label: str) -> None:
    assert decode_html("é".encode(), f"text/html; charset={label}") == "é"


@given(
    st.binary(max_size=200), st.none() | st.sampled_from(["text/html; charset=big5", "text/html; charset=utf-16", "x"])
)
def test_no_bytes_make_it_fail(body: bytes, content_type: str | None) -> None:
    assert isinstance(decode_html(body, content_type), str)
