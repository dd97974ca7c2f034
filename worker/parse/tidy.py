"""Old and odd markup made plain before the body is looked for: line breaks, preformatted text and layout tables
become paragraphs and blocks."""

from __future__ import annotations

from lxml import html

from worker.parse.text import clean, plain_paragraphs

PROSE = 200  # characters of text directly in an element that make its double line breaks paragraph borders
CELL = 150  # characters of prose in one table cell that tell a layout table from a table of data
LINE = 80  # characters a line on the average, from which on single breaks part paragraphs and not verses
_TABLE_PARTS = frozenset(("tbody", "thead", "tfoot", "tr", "td", "th", "center"))
_BLOCKS = frozenset(
    ("p", "div", "table", "ul", "ol", "dl", "blockquote", "pre", "form", "hr", "section", "article", "aside", "header",
     "footer", "nav", "figure", "main", "h1", "h2", "h3", "h4", "h5", "h6")
)  # fmt: skip


def tidy(tree: html.HtmlElement) -> html.HtmlElement:
    """Rewrite a tree in place, and give it back: what reads as a paragraph becomes a <p>."""
    _open_preformatted(tree)
    for element in list(tree.iter("font", "center")):
        element.tag = "span" if element.tag == "font" and not _holds_block(element) else "div"
        element.attrib.clear()
    _open_layout_tables(tree)
    for element in list(tree.iter("div", "td", "span", "p", "body", "article", "section", "main")):
        if element.find("br") is not None:
            _split_at_breaks(element)
    return tree


def _holds_block(element: html.HtmlElement) -> bool:
    return any(child.tag in _BLOCKS for child in element.iterdescendants())


def _open_preformatted(tree: html.HtmlElement) -> None:
    """Make paragraphs, in place, of a <pre> that holds most of a page's words: a story, not a listing."""
    blocks = [(element, element.text_content()) for element in tree.iter("pre")]
    long = [(element, text) for element, text in blocks if len(text) > 2 * PROSE]
    if not long:
        return
    whole = len(tree.text_content())
    for element, text in long:
        if len(text) * 2 < whole:
            continue
        tail = element.tail
        element.clear()
        element.tag, element.tail = "div", tail
        for paragraph in plain_paragraphs(text):
            html.etree.SubElement(element, "p").text = paragraph


def _open_layout_tables(tree: html.HtmlElement) -> None:
    """Tables that hold prose or other tables are layout: as blocks, their cells compete like any other."""
    for table in list(tree.iter("table")):
        if table.tag == "table" and _is_layout(table):
            parts = [
                table,
                *(part for part in table.iterdescendants() if part.tag in _TABLE_PARTS and _table_of(part) is table),
            ]
            for part in parts:
                part.tag = "div"
                for name in ("width", "height", "cellpadding", "cellspacing", "border", "align", "valign", "bgcolor"):
                    part.attrib.pop(name, None)


def _table_of(part: html.HtmlElement) -> html.HtmlElement | None:
    return next((parent for parent in part.iterancestors() if parent.tag == "table"), None)


def _is_layout(table: html.HtmlElement) -> bool:
    if next(table.iterdescendants("table"), None) is not None:
        return True
    cells = list(table.iterdescendants("td"))
    prose = [cell for cell in cells if len(clean(cell.text_content())) >= CELL]
    if not prose:
        return False
    one_column = len(cells) <= len(list(table.iterdescendants("tr")))
    return (
        len(cells) <= 4
        or one_column
        or any(cell.find(".//p") is not None or cell.find(".//br") is not None for cell in prose)
    )


def _split_at_breaks(element: html.HtmlElement) -> None:
    """Wrap what stands between line breaks in paragraphs, where there is prose enough for that.

    Double breaks are the borders; single ones where there are no double ones and the lines are as long as paragraphs.
    """
    size = _direct_text(element)
    if any(child.tag in _BLOCKS for child in element):
        border = 1  # lines beside blocks are no verses, and trafilatura would glue them together
    elif size < PROSE:
        return
    elif _has_double_break(element):
        border = 2
    elif size >= LINE * (1 + len(element.findall("br"))):
        border = 1
    else:
        return
    groups: list[list[html.HtmlElement | str]] = [[element.text or ""]]
    children = list(element)
    breaks = 0
    for child in children:
        tail, child.tail = child.tail or "", None
        element.remove(child)
        if child.tag == "br":
            breaks += 1
            if breaks >= border:
                groups.append([])
            else:
                groups[-1].append(child)
        elif child.tag in _BLOCKS:
            groups.extend(([child], []))
            breaks = 0
        else:
            groups[-1].append(child)
            breaks = 0
        if tail.strip("\u00a0 \t\r\n"):
            breaks = 0
        groups[-1].append(tail)
    element.text = None
    if element.tag == "p" or element.tag == "span":
        element.tag = "div"
    for group in groups:
        _append_paragraph(element, group)


def _append_paragraph(element: html.HtmlElement, group: list[html.HtmlElement | str]) -> None:
    if len(group) >= 1 and not isinstance(group[0], str) and group[0].tag in _BLOCKS:
        element.append(group[0])
        rest = group[1:]
    else:
        rest = group
    while rest and not isinstance(rest[-1], str) and rest[-1].tag == "br":
        rest = rest[:-1]
    if not any(part.strip() if isinstance(part, str) else part.tag != "br" for part in rest):
        return
    paragraph = html.etree.SubElement(element, "p")
    last: html.HtmlElement | None = None
    for part in rest:
        if not isinstance(part, str):
            paragraph.append(part)
            last = part
        elif last is None:
            paragraph.text = (paragraph.text or "") + part
        else:
            last.tail = (last.tail or "") + part


def _direct_text(element: html.HtmlElement) -> int:
    own = len((element.text or "").strip())
    for child in element:
        own += len((child.tail or "").strip())
        if child.tag not in _BLOCKS and child.tag != "br" and isinstance(child.tag, str):
            own += len(child.text_content())
    return own


def _has_double_break(element: html.HtmlElement) -> bool:
    for child in element.iterchildren("br"):
        following = child.getnext()
        if following is not None and following.tag == "br" and not (child.tail or "").strip("\u00a0 \t\r\n"):
            return True
    return False
