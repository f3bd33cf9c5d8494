"""The report as a deck: read back, everything fits, titles are titles, notes hold the evidence."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pptx
import pytest
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml.ns import qn
from pptx.util import Pt
from talks import HOSTILE, Builder, hostile_study, small
from test_report_word import ILLEGAL, MOMENT, OPPORTUNITY, outside_links

from cjmresearch import codebooks
from cjmresearch.errors import CjmError
from cjmresearch.report import slides
from cjmresearch.report.build import build
from cjmresearch.report.office import fit
from cjmresearch.report.office.rich import Span

POINT = 12700


def written(page, folder: Path, *, template=None) -> Path:
    path = folder / "report.pptx"
    slides.render(page, path, template=template)
    return path


def crowded_study():
    """Twelve stages with everything in each, names and quotes long: more than slides hold."""
    codes = codebooks.default("dozortsev12")
    slugs = {kind: list(rows["slug"]) for kind, rows in codes.groupby("kind")}
    builder = Builder(journey_model="dozortsev12", goal="Очень длинная цель. " * 60)
    for i in range(6):
        passages = [
            (
                f"{'Довольно длинная фраза о том, как всё было на самом деле. ' * 4}{i} {k}",
                slugs["stage"][k % len(slugs["stage"])],
                slugs["emotion"][(i + k) % len(slugs["emotion"])],
                slugs["touchpoint"][(i * 5 + k) % len(slugs["touchpoint"])],
                slugs["pain"][(i * 3 + k) % len(slugs["pain"])],
                slugs["need"][0],
            )
            for k in range(24)
        ]
        role = ["buyer", "engineer"][i % 2]
        tagged = {"status": "suggested", "coder": "model:x"}
        builder.person(f"Человек {i}", passages, buying_role=role, **tagged)
    return builder.study(codes=codes)


@pytest.fixture(scope="module")
def study():
    builder = small(12)
    builder.person(
        "Молчун",
        [("Секретные слова про директора", "b2b8:purchase", "barriers:slow_reply")],
        consent=False,
        buying_role="buyer",
    )
    return builder.study()


@pytest.fixture(scope="module")
def page(study):
    return build(study, language="ru")


@pytest.fixture(scope="module")
def russian(page, tmp_path_factory) -> Path:
    return written(page, tmp_path_factory.mktemp("deck"))


@pytest.fixture(scope="module")
def deck(russian):
    return pptx.Presentation(str(russian))


@pytest.fixture(scope="module")
def pages():
    return {
        "crowded": build(crowded_study(), include="suggested"),
        "hostile": build(hostile_study()),
    }


def texts(deck) -> list[str]:
    """All words on slides, a string a slide."""
    return [
        "\n".join(t.text or "" for t in slide._element.iter(qn("a:t"))) for slide in deck.slides
    ]


def titles(deck) -> list[str]:
    return [slide.shapes.title.text_frame.text for slide in deck.slides]


def lines_of(frame):
    """Paragraphs of a text frame with the size of their letters, in points."""
    for paragraph in frame.paragraphs:
        sizes = [run.font.size.pt for run in paragraph.runs if run.font.size]
        bold = bool(paragraph.runs) and all(run.font.bold for run in paragraph.runs)
        after = paragraph.space_after.pt if paragraph.space_after is not None else 0
        yield "".join(run.text for run in paragraph.runs), max(sizes, default=0), bold, after


def taken(frame, room: float) -> float:
    """Height that the words of a frame take in a column, points."""
    return sum(
        fit.height([[Span(text, bold=bold)]], size, room) + after
        for text, size, bold, after in lines_of(frame)
        if size
    )


def overflows(deck) -> list[str]:
    """Name every box and table whose words are higher than it, or that leaves the slide."""
    wide, high = deck.slide_width, deck.slide_height
    found = []
    for number, slide in enumerate(deck.slides, start=1):
        for shape in slide.shapes:
            inside = shape.left >= 0 and shape.left + shape.width <= wide
            if not (inside and shape.top >= 0 and shape.top + shape.height <= high):
                found.append(f"{number}: {shape.name} leaves the slide")
            if shape.has_text_frame:
                room = shape.width / POINT
                if taken(shape.text_frame, room) > shape.height / POINT + 0.5:
                    found.append(f"{number}: {shape.name} {shape.text_frame.text[:40]}")
            if shape.has_table:
                found += [f"{number}: {bad}" for bad in _table_overflows(shape, high)]
    return found


def _table_overflows(shape, high):
    table = shape.table
    if shape.top + sum(row.height for row in table.rows) > high - Pt(30):
        yield "table is higher than the slide"
    for row in table.rows:
        for cell, column in zip(row.cells, table.columns, strict=True):
            sides = cell.margin_left + cell.margin_right
            need = taken(cell.text_frame, (column.width - sides) / POINT)
            if need + (cell.margin_top + cell.margin_bottom) / POINT > row.height / POINT + 0.5:
                yield f"cell {cell.text_frame.text[:40]}"


# -- order and titles -----------------------------------------------------------------------------


def test_the_deck_is_wide_and_tells_in_order(page, deck):
    assert deck.slide_width * 9 == deck.slide_height * 16
    said = titles(deck)
    assert said[0] == "Карта пути клиента"
    assert said[1].startswith("Кого услышали: 13")
    starts = ("Эмоциональная кривая", "Карта пути на одном", "Как получены", "Приложение")
    parts = [next(i for i, t in enumerate(said) if t.startswith(start)) for start in starts]
    assert parts == sorted(parts)
    assert said[-1].startswith("Приложение")
    for slide in deck.slides:
        kind = slide.shapes.title.placeholder_format.type
        assert kind in (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
        assert slide.shapes.title.text_frame.text.strip()


def test_each_finding_is_a_slide_with_its_first_sentence_as_the_title(page, deck):
    said = titles(deck)
    for sentence in page["findings"]:
        plain = re.sub("<[^>]+>", "", str(sentence)).replace("&#34;", '"')
        assert any(plain.startswith(title) for title in said[2:]), plain
    on_findings = [i for i, text in enumerate(texts(deck)) if re.search(r"Вывод \d из", text)]
    assert len(on_findings) == len(page["findings"]) <= 5


def test_every_slide_but_the_first_has_its_number(deck):
    fields = [[f.get("type") for f in slide._element.iter(qn("a:fld"))] for slide in deck.slides]
    assert fields[0] == []
    assert all(found == ["slidenum"] for found in fields[1:])


# -- the curve and the map ------------------------------------------------------------------------


def test_the_curve_is_a_native_chart_of_the_frames_numbers_with_n_and_intervals(page, deck):
    [frame] = [
        shape
        for slide in deck.slides
        if slide.shapes.title.text_frame.text.startswith("Эмоциональная кривая")
        for shape in slide.shapes
        if shape.has_chart
    ]
    rows = page["curve"]["frame"].to_dict("records")
    [series] = frame.chart.plots[0].series
    for value, row in zip(series.values, rows, strict=True):
        assert (value is None) == (row["mean"] != row["mean"])
        assert value is None or value == pytest.approx(row["mean"], abs=1e-4)
    for label, row in zip(frame.chart.plots[0].categories, rows, strict=True):
        assert str(label).endswith(f"n={row['n_participants']}")
    [bars] = series._element.iter(qn("c:errBars"))
    plus = [float(v.text) for v in bars.find(qn("c:plus")).iter(qn("c:v"))]
    for up, row in zip(plus, rows, strict=True):
        expected = 0 if row["low"] != row["low"] else min(row["high"], 1) - row["mean"]
        assert up == pytest.approx(expected, abs=1e-3)
    assert frame._element.nvGraphicFramePr.cNvPr.get("descr") == page["curve"]["alt"]
    assert (frame.chart.value_axis.minimum_scale, frame.chart.value_axis.maximum_scale) == (-1, 1)


def test_a_stage_with_too_few_people_is_hollow(tmp_path):
    builder = small(4)
    for i in range(2):
        builder.person(f"Э{i}", [(f"Надеюсь {i}", "b2b8:onboarding", "feelings:hope")])
    built = build(builder.study())
    deck = pptx.Presentation(str(written(built, tmp_path)))
    [chart] = [
        s.chart
        for slide in deck.slides
        if slide.shapes.title.text_frame.text.startswith("Эмоциональная кривая")
        for s in slide.shapes
        if s.has_chart
    ]
    fills = {}
    for point in chart._chartSpace.iter(qn("c:dPt")):
        marker = point.find(qn("c:marker"))
        fills[int(point.find(qn("c:idx")).get("val"))] = next(marker.iter(qn("a:srgbClr"))).get(
            "val"
        )
    for at, point in enumerate(built["curve"]["chart"]["points"]):
        assert (fills[at] == "FFFFFF") == point["hollow"], point["name"]


def test_the_map_is_native_tables_and_its_notes_hold_all_items(page, deck):
    found = [
        s for s in deck.slides if s.shapes.title.text_frame.text.startswith("Карта пути: этапы")
    ]
    assert found
    assert all(any(shape.has_table for shape in slide.shapes) for slide in found)
    notes = "\n".join(slide.notes_slide.notes_text_frame.text for slide in found)
    for layer in page["map"]["layers"]:
        for cell in layer["cells"]:
            for item in cell:
                assert item["name"] in notes
                for quote in item["panel"].quotes:
                    assert re.search(rf"\b{quote['number']}\b", notes)


# -- fit ------------------------------------------------------------------------------------------


def test_nothing_overflows(deck):
    assert overflows(deck) == []


@pytest.mark.parametrize("kind", ["crowded", "hostile"])
def test_nothing_overflows_where_there_is_too_much(pages, tmp_path, kind):
    deck = pptx.Presentation(str(written(pages[kind], tmp_path)))
    assert overflows(deck) == []
    if kind == "crowded":
        assert any("см. отчёт" in text for text in texts(deck))
        stages = [t for t in titles(deck) if t.startswith("Карта пути: этапы")]
        assert {t.split(" (")[0] for t in stages} == {
            f"Карта пути: этапы {span} из 12" for span in ("1–4", "5–8", "9–12")
        }


def test_the_check_of_fit_sees_what_does_not_fit(deck, russian):
    broken = pptx.Presentation(str(russian))
    slide = broken.slides[2]
    box = slide.shapes.add_textbox(Pt(40), Pt(100), Pt(100), Pt(20))
    box.text_frame.text = "слишком много слов для такой малости"
    box.text_frame.paragraphs[0].runs[0].font.size = Pt(14)
    assert len(overflows(broken)) == 1


# -- quotes, notes, links -------------------------------------------------------------------------


def test_notes_of_a_finding_hold_the_numbers_and_the_quotes(page, deck):
    said = titles(deck)
    number = next(i for i, text in enumerate(texts(deck)) if "Вывод 1 из" in text)
    notes = deck.slides[number].notes_slide.notes_text_frame.text
    assert said[number] in notes
    panels = [p for p in page["panels"].values() if f'href="#{p.id}"' in page["findings"][0]]
    quotes = [q for panel in panels for q in panel.quotes]
    assert quotes
    for quote in quotes:
        assert f"№ {quote['number']}" in notes
        assert quote["quote"] in notes


def test_numbers_on_slides_lead_to_the_slide_of_the_appendix_that_holds_them(deck):
    places = {}
    for slide in deck.slides:
        if slide.shapes.title.text_frame.text.startswith("Приложение"):
            [table] = [s.table for s in slide.shapes if s.has_table]
            for row in list(table.rows)[1:]:
                places[row.cells[0].text_frame.text] = slide.part
    jumps = 0
    for slide in deck.slides:
        for link in slide._element.iter(qn("a:hlinkClick")):
            run = link.getparent().getparent()
            number = re.search(r"\d+", run.find(qn("a:t")).text)[0]
            assert link.get("action") == "ppaction://hlinksldjump"
            assert slide.part.related_part(link.get(qn("r:id"))) is places[number]
            jumps += 1
    assert jumps > 15


def test_people_without_consent_are_never_quoted_also_not_in_notes(russian, deck):
    with zipfile.ZipFile(russian) as parts:
        everything = "".join(
            parts.read(n).decode("utf-8") for n in parts.namelist() if n.endswith(".xml")
        )
    assert "Секретные" not in everything
    notes = "".join(s.notes_slide.notes_text_frame.text for s in deck.slides if s.has_notes_slide)
    assert "цитата скрыта: нет согласия" in notes


def test_a_persona_has_a_slide_with_how_many_people_it_is(page, deck):
    for card in page["personas"]["cards"]:
        people = page["words"].plural("people", card["n"])
        assert f"{card['name']}: {people}" in titles(deck)


def test_an_empathy_map_is_one_slide_of_its_blocks(page, deck):
    assert page["empathy"]["cards"]
    for card in page["empathy"]["cards"]:
        start = f"Карта эмпатии: {card['name']}"
        [slide] = [s for s in deck.slides if s.shapes.title.text_frame.text.startswith(start)]
        words = "\n".join(t.text or "" for t in slide._element.iter(qn("a:t")))
        for block in card["blocks"]:
            assert block["title"] in words


def test_opportunities_and_moments_have_slides_of_their_own(page, tmp_path):
    panel = next(panel for panel in page["panels"].values() if panel.quotes)
    filled = {
        "opportunities": page["opportunities"]
        | {"rows": [OPPORTUNITY | {"panel": panel}] * 40, "loose": [], "n_barriers": 3},
        "moments": page["moments"] | {"rows": [MOMENT | {"panel": panel}], "n_all": 1},
        "shown": [*page["shown"], "opportunities", "moments"],
    }
    deck = pptx.Presentation(str(written(page | filled, tmp_path)))
    assert overflows(deck) == []
    ideas = [i for i, title in enumerate(titles(deck)) if title.startswith("Возможности: 40")]
    assert len(ideas) == 2
    assert re.search(r"ещё \d+, см. отчёт", texts(deck)[ideas[1]])
    assert panel.quotes[0]["quote"] in deck.slides[ideas[0]].notes_slide.notes_text_frame.text
    [moment] = [i for i, title in enumerate(titles(deck)) if title.startswith("Моменты истины")]
    assert "разные барьеры сходятся здесь" in texts(deck)[moment]


# -- machine, language, traces --------------------------------------------------------------------


def test_what_a_machine_tagged_says_so_on_every_slide(tmp_path):
    builder = small(4)
    for coding in builder.codings:
        coding |= {"status": "suggested", "coder": "model:x"}
    built = build(builder.study(), include="suggested", language="en")
    deck = pptx.Presentation(str(written(built, tmp_path)))
    assert all("machine-tagged, uncorrected" in text for text in texts(deck))
    assert "checked them" in texts(deck)[0]
    curve = next(s for s in deck.slides if s.shapes.title.text_frame.text.startswith("Emotion"))
    [chart] = [shape.chart for shape in curve.shapes if shape.has_chart]
    shown = " ".join(s.text_frame.text for s in curve.shapes if s.has_text_frame)
    assert "Hollow dot" in shown
    assert "interval" not in shown
    assert not any(float(v.text) for b in chart._chartSpace.iter(qn("c:errBars"))
                   for v in b.iter(qn("c:v")))  # fmt: skip


def test_every_run_is_in_the_reports_language_or_its_quotes(study, deck, tmp_path):
    for language, own in (("ru", "ru-RU"), ("en", "en-GB")):
        made = deck
        if language == "en":
            made = pptx.Presentation(str(written(build(study, language="en"), tmp_path)))
        spoken = {r.get("lang") for slide in made.slides for r in slide._element.iter(qn("a:rPr"))}
        assert own in spoken
        assert spoken <= {own, "ru", "en-US", None}


def test_no_link_out_no_person_and_the_same_bytes(page, russian, tmp_path):
    assert outside_links(russian) == []
    properties = pptx.Presentation(str(russian)).core_properties
    assert properties.author == properties.last_modified_by == "cjmresearch"
    assert str(properties.created).startswith("2026-11-20")
    assert written(page, tmp_path).read_bytes() == russian.read_bytes()
    with zipfile.ZipFile(russian) as parts:
        [book] = [n for n in parts.namelist() if n.endswith("Sheet1.xlsx")][:1]
        inner = zipfile.ZipFile(io.BytesIO(parts.read(book)))
    assert b"1980-01-01" in inner.read("docProps/core.xml")


def test_hostile_words_are_words(pages, tmp_path):
    path = written(pages["hostile"], tmp_path)
    deck = pptx.Presentation(str(path))
    whole = "\n".join(texts(deck))
    whole += "".join(s.notes_slide.notes_text_frame.text for s in deck.slides if s.has_notes_slide)
    assert not ILLEGAL.search(whole)
    assert titles(deck)[0].startswith("<b>Имя</b>")
    assert HOSTILE[0] in whole
    assert HOSTILE[3] in whole
    assert "[U+202E]отворот" in whole
    assert outside_links(path) == []


# -- a base of one's own --------------------------------------------------------------------------


def test_a_base_gives_its_size_and_layouts_and_loses_its_slides(page, tmp_path):
    base = pptx.Presentation()
    slide = base.slides.add_slide(base.slide_layouts[0])
    slide.shapes.title.text = "Слайд образца"
    base.core_properties.author = "Иван Петров"
    base.save(str(tmp_path / "base.pptx"))
    path = written(page, tmp_path, template=tmp_path / "base.pptx")
    deck = pptx.Presentation(str(path))
    assert (deck.slide_width, deck.slide_height) == (base.slide_width, base.slide_height)
    assert {s.slide_layout.name for s in deck.slides} == {"Title Slide", "Title Only"}
    assert overflows(deck) == []
    with zipfile.ZipFile(path) as parts:
        whole = b"".join(parts.read(name) for name in parts.namelist())
        slides_kept = [n for n in parts.namelist() if re.fullmatch(r"ppt/slides/.*xml", n)]
    assert len(slides_kept) == len(deck.slides)
    assert "Слайд образца".encode() not in whole
    assert "Иван".encode() not in whole
    assert outside_links(path) == []


def test_a_base_without_a_layout_is_told_which(page, tmp_path):
    base = pptx.Presentation()
    for layout in list(base.slide_layouts):
        if layout.name not in ("Title Slide", "Blank"):
            base.slide_layouts.remove(layout)
    base.save(str(tmp_path / "poor.pptx"))
    with pytest.raises(CjmError, match=r"poor\.pptx: has no slide layout with a title only") as e:
        written(page, tmp_path, template=tmp_path / "poor.pptx")
    assert "\n" not in str(e.value)
    assert not (tmp_path / "report.pptx").exists()


def test_what_is_no_base_is_an_error_of_one_line(page, tmp_path):
    (tmp_path / "x.pptx").write_bytes(b"no zip at all")
    for name, said in (
        ("x.pptx", "can't be read"),
        ("x.potx", "is no .pptx"),
        ("y.pptx", "no such"),
    ):
        with pytest.raises(CjmError, match=said) as caught:
            written(page, tmp_path, template=tmp_path / name)
        assert "\n" not in str(caught.value)
