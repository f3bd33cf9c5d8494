"""The look of the deck: our own 16:9 master, or the layouts of the user's base."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from cjmresearch.errors import CjmError
from cjmresearch.palette import LIGHT
from cjmresearch.report.office.docx_styles import ACCENT, FONT

WIDTH, HEIGHT, MARGIN = 960.0, 540.0, 44.0
"""Size of our slides and their side margin, in points: 13.33 x 7.5 inches."""

_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
_SMALL = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
_KEPT = ("title", "titleOnly")
_PLACES = {
    "title": (MARGIN, 30.0, WIDTH - 2 * MARGIN, 66.0),
    "footer": (MARGIN, HEIGHT - 30, WIDTH - 2 * MARGIN - 80, 18.0),
    "number": (WIDTH - MARGIN - 70, HEIGHT - 30, 70.0, 18.0),
}
_DEFAULT_TITLE = 28.0


def open_base(path: str) -> Any:
    """Open a base without its slides, or make our own; `path` is empty for ours."""
    # Imported late: python-pptx is needed only for decks.
    import pptx

    deck = pptx.Presentation(path or None)
    _remove_slides(deck)
    if not path:
        _own_look(deck)
    return deck


def _remove_slides(deck: Any) -> None:
    entries = deck.slides._sldIdLst
    for entry in list(entries):
        deck.part.drop_rel(entry.rId)
        entries.remove(entry)
    # Named sections and custom shows would point at slides that are gone.
    for name in ("p:custShowLst", "p:extLst"):
        for element in deck.part._element.findall(qn(name)):
            deck.part._element.remove(element)


def layouts(deck: Any, *, template: str | Path | None) -> tuple[Any, Any]:
    """Give the layout of a title slide and the one with a title only."""
    found = []
    for kind, what in (("title", "a title and a subtitle"), ("titleOnly", "a title only")):
        layout = _layout(deck, kind)
        if layout is None:
            raise CjmError(
                f"template {template}: has no slide layout with {what}; "
                "add one in the slide master and save it"
            )
        found.append(layout)
    return found[0], found[1]


def _layout(deck: Any, kind: str) -> Any:
    """Find a layout by what it says it is, else by its placeholders."""
    for layout in deck.slide_layouts:
        if layout._element.get("type") == kind and _fits(layout, kind):
            return layout
    return next((layout for layout in deck.slide_layouts if _fits(layout, kind)), None)


def _fits(layout: Any, kind: str) -> bool:
    types = [p.placeholder_format.type for p in layout.placeholders]
    main = [t for t in types if t not in _SMALL]
    if not any(t in _TITLES for t in main):
        return False
    return PP_PLACEHOLDER.SUBTITLE in main if kind == "title" else len(main) == 1


def title_size(layout: Any) -> float:
    """Find the size of titles that a layout inherits, in points."""
    master = layout.slide_master
    holders = [p for p in layout.placeholders if p.placeholder_format.type in _TITLES]
    holders += [p for p in master.placeholders if p.placeholder_format.type in _TITLES]
    roots = [h._element for h in holders] + [
        root for root in [master._element.find(f".//{qn('p:titleStyle')}")] if root is not None
    ]
    for root in roots:
        for level in root.iter(qn("a:lvl1pPr")):
            found = level.find(qn("a:defRPr"))
            if found is not None and found.get("sz"):
                return int(found.get("sz")) / 100
    return _DEFAULT_TITLE


def _own_look(deck: Any) -> None:
    deck.slide_width, deck.slide_height = Pt(WIDTH), Pt(HEIGHT)
    _colour_theme(deck)
    master = deck.slide_masters[0]
    for layout in list(master.slide_layouts):
        if layout._element.get("type") not in _KEPT:
            master.slide_layouts.remove(layout)
    for holder in master.placeholders:
        _place(holder, "titleOnly")
    _style_master(master)
    for layout in master.slide_layouts:
        kind = layout._element.get("type")
        for holder in list(layout.placeholders):
            if holder.placeholder_format.type == PP_PLACEHOLDER.DATE:
                holder._element.getparent().remove(holder._element)
            else:
                _place(holder, kind)
        _rule(layout, kind)


def _colour_theme(deck: Any) -> None:
    """Give the theme our letters and colours, so that what a person adds looks alike."""
    colours = dict(zip(("accent1", "accent2", "accent3", "accent4", "accent5", "accent6"),
                       (c[1:] for c in LIGHT.series), strict=True))  # fmt: skip
    colours |= {"dk2": ACCENT, "lt2": LIGHT.empty[1:], "hlink": ACCENT, "folHlink": ACCENT}
    for rel in deck.slide_masters[0].part.rels.values():
        if not rel.reltype.endswith("/theme"):
            continue
        part = rel.target_part
        theme = parse_xml(part.blob)
        for name, colour in colours.items():
            for slot in theme.iter(qn(f"a:{name}")):
                for child in list(slot):
                    slot.remove(child)
                slot.append(_colour(colour))
        for font in theme.iter(qn("a:latin")):
            if font.getparent().tag in (qn("a:majorFont"), qn("a:minorFont")):
                font.set("typeface", FONT)
        part._blob = serialize_part_xml(theme)


def _colour(value: str) -> Any:
    return parse_xml(f'<a:srgbClr {nsdecls("a")} val="{value}"/>')


def _style_master(master: Any) -> None:
    style = master._element.find(f".//{qn('p:titleStyle')}")
    for level in style.iter(qn("a:lvl1pPr")):
        level.set("algn", "l")
        letters = level.find(qn("a:defRPr"))
        letters.set("sz", "2400")
        letters.set("b", "1")
        for fill in letters.findall(qn("a:solidFill")):
            letters.remove(fill)
        fill = parse_xml(f"<a:solidFill {nsdecls('a')}/>")
        fill.append(_colour(ACCENT))
        letters.insert(0, fill)


def _place(holder: Any, kind: str) -> None:
    """Put a placeholder of the 4:3 base where our wide slide has it."""
    of = holder.placeholder_format.type
    if of in _TITLES and kind == "title":
        place = (MARGIN, 130.0, WIDTH - 2 * MARGIN, 120.0)
    elif of == PP_PLACEHOLDER.SUBTITLE:
        place = (MARGIN, 262.0, WIDTH - 2 * MARGIN, 190.0)
    elif of in _TITLES:
        place = _PLACES["title"]
    elif of == PP_PLACEHOLDER.SLIDE_NUMBER:
        place = _PLACES["number"]
    elif of == PP_PLACEHOLDER.FOOTER:
        place = _PLACES["footer"]
    else:
        place = (MARGIN, 110.0, WIDTH - 2 * MARGIN, HEIGHT - 150)
    holder.left, holder.top, holder.width, holder.height = (Pt(x) for x in place)
    body = holder._element.txBody.find(qn("a:bodyPr"))
    body.set("lIns", "0")
    body.set("rIns", "0")
    body.set("anchor", "t" if of == PP_PLACEHOLDER.SUBTITLE else "b" if of in _TITLES else "ctr")
    for fit in list(body):
        body.remove(fit)
    _align(holder, "r" if of == PP_PLACEHOLDER.SLIDE_NUMBER else "l")


def _align(holder: Any, side: str) -> None:
    for level in holder._element.iter(qn("a:lvl1pPr")):
        level.set("algn", side)
        letters = level.find(qn("a:defRPr"))
        if letters is not None and holder.placeholder_format.type in _SMALL:
            letters.set("sz", "900")
        elif letters is not None and holder.placeholder_format.type == PP_PLACEHOLDER.SUBTITLE:
            for fill in letters.findall(qn("a:solidFill")):
                letters.remove(fill)


def _rule(layout: Any, kind: str) -> None:
    """Draw the thin line under the title."""
    top = 256.0 if kind == "title" else 100.0
    wide = 120.0 if kind == "title" else WIDTH - 2 * MARGIN
    layout._element.cSld.spTree.append(
        parse_xml(
            '<p:cxnSp xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
            'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:nvCxnSpPr>'
            '<p:cNvPr id="90" name="rule"/><p:cNvCxnSpPr/><p:nvPr userDrawn="1"/></p:nvCxnSpPr>'
            f'<p:spPr><a:xfrm><a:off x="{Pt(MARGIN)}" y="{Pt(top)}"/>'
            f'<a:ext cx="{Pt(wide)}" cy="0"/></a:xfrm><a:prstGeom prst="line"><a:avLst/>'
            f'</a:prstGeom><a:ln w="{19050 if kind == "title" else 9525}"><a:solidFill>'
            f'<a:srgbClr val="{ACCENT}"/></a:solidFill></a:ln></p:spPr></p:cxnSp>'
        )
    )
