"""Bytes to text: byte order mark, HTTP header, declaration in the document, detection, in the standard's order.

HTML follows the WHATWG encoding sniffing algorithm, XML RFC 7303 section 3, with one addition that the real web
needs: a label which the bytes themselves disprove is passed over for the next one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from charset_normalizer import from_bytes
from w3lib.encoding import http_content_type_encoding, resolve_encoding

PRESCAN = 4096  # bytes searched for a declaration; the standard asks for 1,024, and real pages need more
SAMPLE = 64 * 1024  # bytes given to detection: its cost grows with them and its answer does not
FALLBACK = "cp1252"  # the standard's own for western locales
ENOUGH = 16  # bytes beyond ASCII that detection needs: on fewer it guesses wildly
# What the web is written in; detection may name no other (it likes EBCDIC and old Macintosh tables).
DETECTABLE = [
    *("big5", "cp874", "cp932", "cp949", "euc_jp", "gb18030", "iso2022_jp", "iso8859_2", "koi8_r", "utf_8"),
    *(f"cp{page}" for page in range(1250, 1259)),
]

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
    (re.compile(rb"<\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0<"), "utf-32-be"),
    (re.compile(rb"<\0[?!a-zA-Z]\0"), "utf-16-le"),
    (re.compile(rb"\0<\0[?!a-zA-Z]"), "utf-16-be"),
)
META = re.compile(rb"""<meta\b[^>]{0,1000}?\bcharset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
XML_DECLARATION = re.compile(rb"""<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']\s*([A-Za-z0-9_:.-]{2,40})""")
TAG = re.compile(rb"<[^<>]{0,2000}>")
ASCII = bytes(range(128))
COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
# Codecs of Python that are no character encodings ("rot13", "hex") or were dropped from the web as unsafe.
REFUSED = frozenset({"utf_7", "punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs"})


def decode_html(body: bytes, content_type: str | None = None) -> str:
    """The text of an HTML document without its byte order mark. Never fails: what cannot be read becomes U+FFFD.

    `content_type` is the HTTP header's value. The order is that of the HTML standard, section 13.2.3.2.
    """
    return _decode(body, content_type, (META, XML_DECLARATION))


def decode_xml(body: bytes, content_type: str | None = None) -> str:
    """The text of an XML document, by RFC 7303 section 3; its encoding declaration is left in and no longer true."""
    return _decode(body, content_type, (XML_DECLARATION,))


def _decode(body: bytes, content_type: str | None, declarations: tuple[re.Pattern[bytes], ...]) -> str:
    for bom, encoding in BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace")
    for wide, encoding in WIDE:
        if wide.match(body):
            return body.decode(encoding, "replace")
    first: str | None = None
    for encoding in _labels(body, content_type, declarations):
        text, believable = _try(body, encoding)
        if believable:
            return text
        first = first or encoding
    return body.decode(first or _detect(body), "replace")


def _labels(body: bytes, content_type: str | None, declarations: tuple[re.Pattern[bytes], ...]) -> Iterator[str]:
    """The encodings to try, most trusted first. UTF-8 is last: nearly nothing else decodes as it by chance."""
    if content_type and (encoding := _usable(http_content_type_encoding(content_type))):
        yield encoding
    head = COMMENT.sub(b"", body[:PRESCAN])
    for declaration in declarations:
        if (found := declaration.search(head)) and (encoding := _usable(_resolve(found[1]))):
            # A declaration that could be read as ASCII is not in UTF-16, whatever it says (the standard's rule).
            yield "utf-8" if encoding.startswith(("utf-16", "utf-32")) else encoding
    yield "utf-8"
    if (encoding := _detect(body)) != "utf-8":
        yield encoding


def _resolve(label: bytes) -> str:
    name = label.decode("ascii")
    return resolve_encoding(name) or name


def _usable(encoding: str | None) -> str | None:
    """A Python codec's name for a label, when it is one that turns bytes into text."""
    if not encoding:
        return None
    try:
        codec = codecs.lookup(encoding.removeprefix("x-"))
    except (LookupError, ValueError):
        return None
    is_text: bool = getattr(codec, "_is_text_encoding", True)
    return codec.name if is_text and codec.name.replace("-", "_") not in REFUSED else None


def _try(body: bytes, encoding: str) -> tuple[str, bool]:
    """The text by one encoding, and whether the bytes bear the label out.

    One stray byte does not disprove a label; more broken characters than sound ones beyond ASCII do. A single-byte
    western label, which any bytes satisfy, is disproved by bytes that are sound UTF-8.
    """
    if body.isascii() and not encoding.startswith(("utf-16", "utf-32", "iso2022", "hz")):
        return body.decode("ascii"), True
    if encoding in {"cp1252", "iso8859-1", "latin-1"} and _is_utf8(body):
        return "", False
    try:
        return body.decode(encoding), True
    except UnicodeDecodeError:
        text = body.decode(encoding, "replace")
    broken = text.count("�")
    sound = len(text) - len(text.encode("ascii", "ignore")) - broken
    return text, broken <= sound


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(body) - error.start < 4 and error.start > 4  # cut off within the last character
    return True


def _detect(body: bytes) -> str:
    sample = TAG.sub(b" ", body[: 4 * SAMPLE])[:SAMPLE]
    if len(sample.translate(None, ASCII)) < ENOUGH:
        return FALLBACK
    matches = from_bytes(sample, cp_isolation=DETECTABLE)
    best = matches.best()
    if best is None:
        return FALLBACK
    # Among equals it names the first by number, so that French would be read as if it were Hungarian.
    equals = [m for m in matches if (m.chaos, m.coherence) == (best.chaos, best.coherence)]
    return FALLBACK if any(FALLBACK in m.could_be_from_charset for m in equals) else _usable(best.encoding) or FALLBACK
