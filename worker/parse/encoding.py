"""Bytes to text: byte order mark, HTTP header, declaration in the document, detection, in the standard's order.

HTML follows the WHATWG encoding sniffing algorithm, XML RFC 7303 section 3, labels and decoders the WHATWG Encoding
standard ("iso-8859-1" is windows-1252). One addition that the real web needs: a label which the bytes themselves
disprove is passed over for the next one. Above all, bytes that prove to be UTF-8 are read as UTF-8 whatever they are
labelled: archived and proxied pages often keep the label of an encoding that they were converted from, and no other
encoding reads as UTF-8 several times over by chance.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache

import turbohtml
from turbohtml.detect import Detection, detect

PRESCAN = 4096  # bytes searched for a declaration; the standard asks for 1,024, and real pages need more
SAMPLE = 64 * 1024  # bytes given to detection: its cost grows with them and its answer does not
FALLBACK = "windows-1252"  # the standard's own for western locales
ENOUGH = 4  # bytes beyond ASCII that detection needs: on fewer it guesses wildly
MIN_UTF8 = 4  # continuation bytes that prove UTF-8 against a label
BROKEN = 50  # sound characters beyond ASCII for each broken one that prove it, too

# UTF-32 before UTF-16: its little-endian mark begins with UTF-16's.
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What a document without a mark begins with when its characters are wide (XML 1.0 appendix F, and "<h", "<!").
WIDE = (
    (re.compile(rb"\s*<\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0<"), "utf-32-be"),
    (re.compile(rb"(?:\s\0){0,100}<\0[?!a-zA-Z]\0"), "utf-16-le"),
    (re.compile(rb"(?:\0\s){0,100}\0<\0[?!a-zA-Z]"), "utf-16-be"),
)
# Labels that servers print and the standard does not know.
_STRAY = {
    "utf-8": "utf8mb4 utf-8-sig utf_8",
    "windows-1252": "latin-1 ansi windows1252 iso-8859-1:1987",
    "windows-1251": "windows1251 win1251 win-1251",
    "koi8-r": "koi8r",
    "shift_jis": "cp932 ms932",
    "euc-jp": "eucjp",
    "euc-kr": "cp949 ms949 euckr euc_kr",
    "gbk": "cp936 ms936",
    "big5": "cp950",
    "windows-874": "cp874",
}
ALIASES = {label: name for name, labels in _STRAY.items() for label in labels.split()}
# The standard reads nothing of "replacement" (its encodings can hide markup), and the bytes still tell something.
REFUSED = frozenset({"replacement", "utf-16le", "utf-16be"})
UTF16 = frozenset({"utf-16le", "utf-16be"})
WESTERN = "windows-1252"  # any bytes satisfy it, so that it is the label nobody chose

META = re.compile(rb"<meta[\s/]([^>]{1,1000})", re.IGNORECASE)
ATTRIBUTE = re.compile(rb"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([^\s"';,]{2,40})""", re.IGNORECASE)
XML_DECLARATION = re.compile(rb"""<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']\s*([A-Za-z0-9_:.-]{2,40})""")
COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
TAG = re.compile(rb"<[^<>]{0,2000}>")
ASCII = bytes(range(128))
ISO_2022 = re.compile(rb"\x1b[$(]")  # how ISO-2022-JP, all of it ASCII bytes, begins to be Japanese


def decode_html(body: bytes, content_type: str | None = None) -> str:
    """The text of an HTML document without its byte order mark. Never fails: what cannot be read becomes U+FFFD.

    `content_type` is the HTTP header's value. The order is that of the HTML standard, section 13.2.3.2. The text holds
    no NUL and no lone surrogate, which parsers and databases refuse.
    """
    return _decode(body, content_type, html=True)


def decode_xml(body: bytes, content_type: str | None = None) -> str:
    """The text of an XML document, by RFC 7303 section 3; its encoding declaration is left in and no longer true.

    It holds no NUL and no lone surrogate either.
    """
    return _decode(body, content_type, html=False)


def _decode(body: bytes, content_type: str | None, *, html: bool) -> str:
    text = _marked(body)
    if text is None:
        text = _as_utf8(body)
    if text is None:
        text = _by_label(body, _labels(body, content_type, html=html))
    return text.replace("\0", "") if "\0" in text else text


def _marked(body: bytes) -> str | None:
    """The text of a document that shows its encoding by its first bytes."""
    for bom, encoding in BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace")
    if b"\0" in body[:256]:
        for wide, encoding in WIDE:
            if wide.match(body):
                return body.decode(encoding, "replace")
    return None


def _as_utf8(body: bytes) -> str | None:
    """The text of bytes that prove to be ASCII or UTF-8, even broken here and there; None where they do not."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        broken = text.count("�")
        return text if broken * BROKEN <= _beyond_ascii(text) - broken else None
    if body.isascii():
        return None if ISO_2022.search(body) else text
    return text if len(body) - len(text) >= MIN_UTF8 else None


def _by_label(body: bytes, labels: Iterator[str]) -> str:
    """The text by the first label that the bytes bear out; by the first of all where they bear out none."""
    first: str | None = None
    for encoding in labels:
        text = _text(body, encoding)
        if _believable(body, text, encoding):
            return text
        first = first or encoding
    return _text(body, first or FALLBACK)


def _labels(body: bytes, content_type: str | None, *, html: bool) -> Iterator[str]:
    """The encodings to try, most trusted first. Detection is asked last, for it is a guess."""
    header = CHARSET.search(content_type or "")
    if header and (encoding := _encoding(header[1])):
        yield encoding
    head = COMMENT.sub(b"", body[:PRESCAN])
    for label in (*(_metas(head) if html else ()), *(found[1] for found in XML_DECLARATION.finditer(head))):
        if encoding := _encoding(label.decode("ascii", "replace")):
            # A declaration that could be read as ASCII is not in UTF-16, whatever it says (the standard's rule).
            yield {"x-user-defined": WESTERN}.get(encoding, "utf-8" if encoding in UTF16 else encoding)
            break
    yield "iso-2022-jp" if ISO_2022.search(body) else "utf-8"
    yield _detect(body)


def _metas(head: bytes) -> Iterator[bytes]:
    """The labels of <meta charset=...> and <meta http-equiv=content-type content=...>, in document order."""
    for found in META.finditer(head):
        told = {name.lower(): a or b or c for name, a, b, c in ATTRIBUTE.findall(found[1])}
        if label := told.get(b"charset"):
            yield label
        elif told.get(b"http-equiv", b"").lower() == b"content-type":
            within = CHARSET.search(told.get(b"content", b"").decode("ascii", "replace"))
            if within:
                yield within[1].encode()


@lru_cache(256)
def _encoding(label: str) -> str | None:
    """The standard's name, lower-cased, of the encoding that a label stands for; None where it stands for none."""
    label = label.strip(" \t\r\n\"';").lower()
    try:
        name = turbohtml.parse(b"", encoding=ALIASES.get(label, label)).encoding
    except (LookupError, ValueError):
        return None
    return name.lower() if name and name != "replacement" else None


def _text(body: bytes, encoding: str) -> str:
    # Python's own codecs of these names are stricter than the standard's; `turbohtml.detect` registers the latter.
    return body.decode(encoding if encoding == "utf-8" else f"whatwg-{encoding}", "replace")


def _believable(body: bytes, text: str, encoding: str) -> bool:
    """Whether the bytes bear a label out: one stray byte disproves none, more broken characters than sound ones do.

    Any bytes satisfy the western label: those that are sound UTF-8 to the last disprove it.
    """
    if encoding in UTF16:
        return b"\0" in body[:PRESCAN]  # of white space and markup: a page without any of it is no UTF-16
    if encoding == WESTERN and _is_utf8(body):
        return False
    broken = text.count("�")
    return broken <= _beyond_ascii(text) - broken


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(body) - error.start < 4 and error.start > 4  # cut off within the last character
    return not body.isascii()


def _detect(body: bytes) -> str:
    """A guess by the frequencies of characters, of the text alone: tags are ASCII and say nothing."""
    sample = TAG.sub(b" ", body[: 4 * SAMPLE])[:SAMPLE]
    if len(sample.translate(None, ASCII)) < ENOUGH:
        return FALLBACK
    return (detect(sample, Detection(excluded=REFUSED)).encoding or FALLBACK).lower()
