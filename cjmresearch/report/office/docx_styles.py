"""Styles of the Word document: the base's own where it has them, ours added beside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from cjmresearch.errors import CjmError
from cjmresearch.palette import LIGHT

ACCENT = "17506F"
TONES = {
    "good": LIGHT.better[1:],
    "bad": LIGHT.warning[1:],
    "machine": LIGHT.warning[1:],
    "muted": LIGHT.muted[1:],
    "link": ACCENT,
    "head": ACCENT,
}
FONT = "Arial"
NEEDED = ("Normal", "Title", "Heading 1", "Heading 2", "Heading 3")

TABLE, NOTE, QUOTE, BANNER, KICKER = (
    "CJM Table",
    "CJM Note",
    "CJM Quote",
    "CJM Banner",
    "CJM Kicker",
)
_SIZES = {"Title": 30, "Heading 1": 19, "Heading 2": 13, "Heading 3": 11}
_SPACES = {"Title": (6, 14), "Heading 1": (0, 8), "Heading 2": (16, 4), "Heading 3": (12, 2)}


def prepare(document: Any, language: str, *, template: str | Path | None) -> None:
    """Check a base's styles or set our own look, add our styles, and set the language."""
    if template is None:
        _own_look(document)
    else:
        names = {style.name for style in document.styles}
        missing = [name for name in NEEDED if name not in names]
        if missing:
            raise CjmError(
                f"template {template}: has no style {missing[0]!r}; it needs "
                f"{', '.join(NEEDED)}: use each once in the template and save it"
            )
    _add_styles(document)
    _set_language(document, language)


def _own_look(document: Any) -> None:
    for name in NEEDED:
        style = document.styles[name]
        _set_font(style, FONT)
        style.font.size = Pt(_SIZES.get(name, 10))
        if name == "Normal":
            style.paragraph_format.space_after = Pt(6)
            style.paragraph_format.line_spacing = 1.15
            style.font.color.rgb = RGBColor.from_string(LIGHT.ink[1:])
            continue
        style.font.bold = True
        style.font.color.rgb = RGBColor.from_string(ACCENT)
        before, after = _SPACES[name]
        style.paragraph_format.space_before, style.paragraph_format.space_after = (
            Pt(before),
            Pt(after),
        )
        style.paragraph_format.keep_with_next = True
        borders = style.element.pPr.find(qn("w:pBdr"))
        if borders is not None:
            style.element.pPr.remove(borders)
    section = document.sections[0]
    # A4 with margins of 2 cm.
    section.page_width, section.page_height = Pt(595.3), Pt(841.9)
    section.left_margin = section.right_margin = Pt(59)
    section.top_margin, section.bottom_margin = Pt(62), Pt(56)


def _set_font(style: Any, name: str) -> None:
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), name)


def _add_styles(document: Any) -> None:
    table = _paragraph_style(document, TABLE)
    table.paragraph_format.space_before, table.paragraph_format.space_after = Pt(0), Pt(1.5)
    table.paragraph_format.line_spacing = 1.0
    note = _paragraph_style(document, NOTE)
    note.font.color.rgb = RGBColor.from_string(TONES["muted"])
    note.font.size = Pt(9)
    quote = _paragraph_style(document, QUOTE)
    quote.paragraph_format.left_indent = Pt(14)
    quote.paragraph_format.space_after = Pt(4)
    _border(quote, "left", LIGHT.grid[1:], size=18, space=8)
    banner = _paragraph_style(document, BANNER)
    _shade(banner, "FDF1DC")
    _border(banner, "left", "C98A1B", size=36, space=8)
    banner.paragraph_format.left_indent = Pt(12)
    kicker = _paragraph_style(document, KICKER)
    kicker.font.color.rgb = RGBColor.from_string(TONES["muted"])
    kicker.font.size = Pt(10)
    kicker.paragraph_format.space_before = Pt(12)
    kicker.paragraph_format.space_after = Pt(2)
    for level in (1, 2):
        contents = _paragraph_style(document, f"toc {level}")
        contents.paragraph_format.left_indent = Pt(0 if level == 1 else 14)
        contents.paragraph_format.space_after = Pt(3 if level == 1 else 1)


def _paragraph_style(document: Any, name: str) -> Any:
    """Give a style of ours, made on the base's Normal; one that the base already has stays."""
    if name in {style.name for style in document.styles}:
        return document.styles[name]
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name.startswith("toc"))
    style.base_style = document.styles["Normal"]
    return style


def _border(style: Any, side: str, colour: str, *, size: int, space: int) -> None:
    borders = OxmlElement("w:pBdr")
    line = OxmlElement(f"w:{side}")
    for key, value in (("val", "single"), ("sz", size), ("space", space), ("color", colour)):
        line.set(qn(f"w:{key}"), str(value))
    borders.append(line)
    _insert(style, borders, "pBdr")


def _shade(style: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{key}"), value)
    _insert(style, shade, "shd")


_ORDER = ("keepNext", "keepLines", "pageBreakBefore", "widowControl", "numPr", "pBdr", "shd")


def _insert(style: Any, element: Any, name: str) -> None:
    """Put a property where the schema has it: after the ones that come before it."""
    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn(f"w:{name}")):
        properties.remove(old)
    before = {qn(f"w:{other}") for other in ("pStyle", *_ORDER[: _ORDER.index(name)])}
    at = sum(1 for child in properties if child.tag in before)
    properties.insert(at, element)


def _set_language(document: Any, language: str) -> None:
    """Set the language that spelling and hyphenation go by, of the whole document."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    if defaults is None:
        defaults = OxmlElement("w:docDefaults")
        document.styles.element.insert(0, defaults)
    holder = defaults
    for name in ("w:rPrDefault", "w:rPr"):
        child = holder.find(qn(name))
        if child is None:
            child = OxmlElement(name)
            holder.insert(0, child)
        holder = child
    for root in (document.styles.element, document.element.body):
        for old in list(root.iter(qn("w:lang"))):
            old.getparent().remove(old)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), language)
    spoken.set(qn("w:eastAsia"), language)
    holder.append(spoken)
    settings = document.settings.element
    for name in ("w:rsids", "w:savePreviewPicture"):
        for old in settings.findall(qn(name)):
            settings.remove(old)
    theme_language = settings.find(qn("w:themeFontLang"))
    if theme_language is not None:
        theme_language.set(qn("w:val"), language)
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
