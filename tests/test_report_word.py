"""The report in Word: read back, it has headings, native tables, links that arrive, no trace."""

from __future__ import annotations

import hashlib
import io
import itertools
import re
import zipfile
from datetime import datetime
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from talks import HOSTILE, hostile_study, small

from cjmresearch.errors import CjmError
from cjmresearch.report import word
from cjmresearch.report.build import build
from cjmresearch.report.office import fit, rich
from cjmresearch.report.words import Words

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def written(page, folder: Path, *, template=None) -> Path:
    path = folder / "report.docx"
    word.render(page, path, template=template)
    return path


def body_text(document) -> str:
    return "".join(
        element.text or "" for element in document.element.body.iter(qn("w:t"), qn("w:br"))
    ).replace("\N{SOFT HYPHEN}", "")


def headings(document, level=1):
    return [p.text for p in document.paragraphs if p.style.name == f"Heading {level}"]


def outside_links(path: Path) -> list[str]:
    """Targets of a file's links that lead out of it, in any of its parts."""
    found = []
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if name.endswith(".rels"):
                found += re.findall(r'TargetMode="External"', parts.read(name).decode())
    return found


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
    return written(page, tmp_path_factory.mktemp("word"))


@pytest.fixture(scope="module")
def read(russian):
    return docx.Document(str(russian))


def test_every_section_that_is_shown_has_its_heading_in_the_reports_order(page, read):
    assert headings(read) == [str(page["words"](section)) for section in page["shown"]]
    assert headings(read)[0] == "Главное"
    assert read.paragraphs[1].style.name == "Title"


def test_the_contents_are_a_field_whose_entries_lead_to_the_headings(read):
    places = {b.get(qn("w:name")) for b in read.element.body.iter(qn("w:bookmarkStart"))}
    fields = [e.text for e in read.element.body.iter(qn("w:instrText"))]
    assert sum("TOC" in code for code in fields) == 1
    entries = [p for p in read.paragraphs if p.style.name.startswith("toc")]
    said = ["".join(t.text for t in p._p.iter(qn("w:t"))) for p in entries]
    assert said == [p.text for p in read.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    for paragraph in entries:
        [link] = paragraph._p.iter(qn("w:hyperlink"))
        assert link.get(qn("w:anchor")) in places


def test_no_section_is_an_empty_page(read):
    """Two landscape sections stand one after the other: the map and the touchpoints."""
    body = list(read.element.body)
    ends = [
        at for at, e in enumerate(body) if e.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None
    ]
    assert len(ends) == 3
    assert all(later - earlier > 1 for earlier, later in itertools.pairwise(ends))
    sizes = [section.page_width > section.page_height for section in read.sections]
    assert sizes == [False, True, True, False]


def test_numbers_lead_to_quotes_of_the_index_and_to_the_right_ones(page, read):
    anchors = [h.get(qn("w:anchor")) for h in read.element.body.iter(qn("w:hyperlink"))]
    quotes = [a for a in anchors if a.startswith("quote_")]
    places = [b.get(qn("w:name")) for b in read.element.body.iter(qn("w:bookmarkStart"))]
    assert len(places) == len(set(places))
    assert len(quotes) > 30
    assert set(quotes) <= set(places)
    index = read.tables[-1]
    shown = {row.cells[0].text: row.cells[1].text for row in index.rows[1:]}
    assert list(shown) == [str(n) for n in page["evidence"]["number"]]
    for row in page["evidence"].to_dict("records"):
        assert row["quote"] in shown[str(row["number"])].replace("\N{SOFT HYPHEN}", "")


def test_tables_repeat_their_head_and_rows_stay_whole(read):
    assert len(read.tables) >= 7
    for table in read.tables:
        first, *rest = table._tbl.tr_lst
        if len(table.columns) > 2:
            assert first.trPr.find(qn("w:tblHeader")) is not None
        for row in (first, *rest):
            assert row.trPr.find(qn("w:cantSplit")) is not None
        for row in rest:
            assert row.trPr.find(qn("w:tblHeader")) is None


def test_the_curve_is_a_picture_with_words_and_a_table_with_its_numbers(page, read):
    [picture] = read.inline_shapes
    assert picture._inline.docPr.get("descr") == page["curve"]["alt"]
    words = Words("ru")
    [table] = [t for t in read.tables if t.cell(0, 0).text == "Этап"]
    for row, numbers in zip(table.rows[1:], page["curve"]["frame"].to_dict("records"), strict=True):
        said = row.cells[1].text
        assert said.startswith(words.signed(numbers["mean"]) if numbers["n_codings"] else "нет")
        assert row.cells[4].text == str(numbers["n_participants"])


def test_the_map_stands_on_a_landscape_page_with_all_its_items(page, read):
    orientations = [s.page_width > s.page_height for s in read.sections]
    assert True in orientations
    assert False in orientations
    assert all(s.page_width > s.left_margin + s.right_margin for s in read.sections)
    maps = [t for t in read.tables if t.cell(0, 0).text == "Слой"]
    text = "\n".join(cell.text for t in maps for row in t.rows for cell in row.cells)
    text = text.replace("\N{SOFT HYPHEN}", "")
    for layer in page["map"]["layers"]:
        for cell in layer["cells"]:
            for item in cell:
                assert f"{item['name']} {page['words'].of(item['n'], page['n'])}" in text


def test_people_without_consent_are_counted_and_never_quoted(read, russian):
    with zipfile.ZipFile(russian) as parts:
        everything = "".join(
            parts.read(n).decode("utf-8") for n in parts.namelist() if n.endswith(".xml")
        )
    assert "Секретные" not in everything
    assert "цитата скрыта: нет согласия" in body_text(read)


def test_the_language_of_the_document_is_set(study, read, tmp_path):
    assert spoken(read) == "ru-RU"
    english = docx.Document(str(written(build(study, language="en"), tmp_path)))
    assert spoken(english) == "en-GB"
    quotes = {e.get(qn("w:val")) for e in english.element.body.iter(qn("w:lang"))}
    assert quotes == {"ru"}


def spoken(document) -> str:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    [lang] = defaults.iter(qn("w:lang"))
    return lang.get(qn("w:val"))


def test_no_link_out_no_person_and_the_studys_own_date(russian):
    assert outside_links(russian) == []
    properties = docx.Document(str(russian)).core_properties
    assert properties.author == properties.last_modified_by == "cjmresearch"
    assert properties.comments == ""
    assert properties.created.replace(tzinfo=None) == datetime(2026, 11, 20)
    assert properties.language == "ru-RU"
    with zipfile.ZipFile(russian) as parts:
        assert "docProps/app.xml" not in parts.namelist()
        assert "docProps/thumbnail.jpeg" not in parts.namelist()


def test_the_same_study_makes_the_same_bytes(study, russian, tmp_path):
    again = written(build(study, language="ru"), tmp_path)
    assert again.read_bytes() == russian.read_bytes()


def test_pages_are_numbered_and_named(read):
    footer = read.sections[0].footer._element
    assert [f.get(qn("w:instr")) for f in footer.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]
    assert read.sections[0].header.paragraphs[0].text == "Карта пути клиента"
    assert all(s.footer.is_linked_to_previous for s in list(read.sections)[1:])


def test_what_a_machine_tagged_says_so_on_the_face_in_the_header_and_beside_each_number(tmp_path):
    builder = small(4, language="ru")
    for coding in builder.codings:
        coding |= {"status": "suggested", "coder": "model:x"}
    path = written(build(builder.study(), language="en", include="suggested"), tmp_path)
    document = docx.Document(str(path))
    face = [p.text for p in document.paragraphs if p.style.name == "CJM Banner"]
    assert any(text.startswith("Machine-tagged, uncorrected. ") for text in face)
    assert "machine-tagged, uncorrected" in document.sections[0].header.paragraphs[0].text
    [pains] = [t for t in document.tables if t.cell(0, 0).text == "№" and len(t.columns) == 6]
    assert "95 percent interval. Hollow" not in body_text(document)
    [moods] = [
        t.rows[1] for t in document.tables if t.cell(0, 0).text == "Layer" and len(t.rows) > 2
    ]
    assert not re.search("[▲▼]", "".join(cell.text for cell in moods.cells))
    assert all("[machine]" in row.cells[1].text for row in pains.rows[1:])


def test_nothing_coded_says_what_to_do_and_has_no_findings(tmp_path):
    builder = small(3)
    builder.codings = []
    document = docx.Document(str(written(build(builder.study()), tmp_path)))
    assert headings(document)[0] != "Главное"
    assert "cjmresearch tag" in body_text(document)
    assert "<code>" not in body_text(document)


def test_empathy_maps_are_tables_with_every_line_and_its_people(page, read):
    assert page["empathy"]["cards"]
    text = "\n".join(
        cell.text for t in read.tables if len(t.columns) == 2 for r in t.rows for cell in r.cells
    ).replace("\N{SOFT HYPHEN}", "")
    for card in page["empathy"]["cards"]:
        for block in card["blocks"]:
            assert block["title"] in text
            for line in block["lines"]:
                counted = page["words"].of(line["n"], line["of"])
                assert f"• {line['name']} {counted if line['panel'] else ''}" in text


def test_opportunities_and_moments_say_how_many_people_stand_behind_them(page, tmp_path):
    panel = next(panel for panel in page["panels"].values() if panel.quotes)
    filled = {
        "questions": ["Где теряют доверие?"],
        "opportunities": page["opportunities"]
        | {"rows": [OPPORTUNITY | {"panel": panel}], "loose": ["Долго"], "n_barriers": 3},
        "moments": page["moments"] | {"rows": [MOMENT | {"panel": panel}], "n_all": 2},
        "shown": [*page["shown"], *({"opportunities", "moments"} - set(page["shown"]))],
    }
    document = docx.Document(str(written(page | filled, tmp_path)))
    text = body_text(document)
    assert "Где теряют доверие?" in text
    rows = [[c.text for c in row.cells] for t in document.tables for row in t.rows]
    [idea] = [row for row in rows if "Сократить договор" in row[1]]
    assert idea[0] == "1–2"
    assert "Закупка" in idea[1]
    assert "5 из 13" in idea[3].replace("\N{NO-BREAK SPACE}", " ")
    assert f"№\N{NO-BREAK SPACE}{panel.quotes[0]['number']}" in idea[3]
    assert "Анна, в работе" in idea[4]
    assert "метрики нет" in idea[5]
    [moment] = [row for row in rows if "Портал" in row[1]]
    assert moment[3] == "разные барьеры сходятся здесь"
    assert "(1 из 3): Долго." in text


OPPORTUNITY = {
    "name": "Сократить договор", "stage": "Закупка", "n": 5, "of": 13, "priority": "1–2",
    "owner": "Анна", "status": "в работе", "barriers": [{"name": "Сложный договор", "panel": None}],
    "tasks": ["Договор на две страницы"], "measures": [],
}  # fmt: skip
MOMENT = {
    "name": "Портал", "place": "Использование", "reason": "разные барьеры сходятся здесь",
    "n": 3, "of": 13, "priority": "1",
}  # fmt: skip


# -- hostile words --------------------------------------------------------------------------------


def test_hostile_words_are_words(tmp_path):
    path = written(build(hostile_study()), tmp_path)
    document = docx.Document(str(path))
    text = body_text(document)
    assert not ILLEGAL.search(text)
    assert outside_links(path) == []
    for words in (HOSTILE[0], HOSTILE[3], "javascript:alert(3)"):
        assert words in text
    assert "[U+202E]отворот" in text
    assert document.core_properties.title.startswith("<b>Имя</b>")
    with zipfile.ZipFile(path) as parts:
        fields = parts.read("word/document.xml").decode().count("<w:instrText")
    assert fields == 1


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("\x07\x1b[31mзвонок\x00", "\ufffd\ufffd[31mзвонок\ufffd"),
        ("\u202eотворот\u202c", "[U+202E]отворот"),
        ("\u2066внутри\u2069 и\u2028дальше\r\nещё", "внутри и дальше ещё"),
        ("👨\u200d👩\u200d👧 и é", "👨\u200d👩\u200d👧 и é"),
        ("\ud800 \uffff", "\ufffd \ufffd"),
        ("=1+1 <b>&amp;</b>", "=1+1 <b>&amp;</b>"),
    ],
)
def test_what_xml_forbids_is_seen_and_the_rest_stays(given, shown):
    assert rich.clean(given) == shown


def test_emoji_stand_as_said_and_long_quotes_say_that_they_are_cut(tmp_path):
    odd = "👨\u200d👩\u200d👧 =HYPERLINK(1) é"
    builder = small(3)
    builder.person("П", [(odd, "b2b8:purchase", "barriers:slow_reply")])
    builder.person("Д", [("Длинно" * 1700, "b2b8:purchase", "barriers:slow_reply")])
    text = body_text(docx.Document(str(written(build(builder.study()), tmp_path))))
    assert odd in text
    assert "показано 1600 из 10\N{NO-BREAK SPACE}200 знаков" in text
    assert "Длинно" * 300 not in text


def test_words_written_from_right_to_left_are_set_so(tmp_path):
    builder = small(3)
    hebrew = "המנהל לא ענה לי שבוע שלם"
    builder.person("דוד", [(hebrew, "b2b8:purchase", "barriers:slow_reply")], language="he")
    document = docx.Document(str(written(build(builder.study()), tmp_path)))
    [run] = [r for r in document.tables[-1]._tbl.iter(qn("w:r")) if hebrew in "".join(r.itertext())]
    assert run.find(f"{qn('w:rPr')}/{qn('w:rtl')}") is not None
    assert run.getparent().find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None
    assert run.find(f"{qn('w:rPr')}/{qn('w:lang')}").get(qn("w:bidi")) == "he"


# -- a base of one's own --------------------------------------------------------------------------


def own_base(folder: Path) -> Path:
    base = docx.Document()
    base.styles["Heading 1"].font.name = "Georgia"
    base.sections[0].left_margin = base.sections[0].right_margin = docx.shared.Cm(4)
    base.sections[0].footer.paragraphs[0].text = "Фирма, коммерческая тайна"
    base.add_paragraph("Текст образца, который не должен остаться")
    base.core_properties.author = "Иван Петров"
    base.part.relate_to(
        "https://example.org/x", "http://schemas.openxmlformats.org/x/hyperlink", is_external=True
    )
    settings = base.settings.element
    key = base.part._settings_part.relate_to(
        "file:///C:/Users/ivan/Normal.dotm",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate",
        is_external=True,
    )
    attached = docx.oxml.OxmlElement("w:attachedTemplate")
    attached.set(qn("r:id"), key)
    settings.insert(0, attached)
    path = folder / "base.docx"
    base.save(str(path))
    return path


def test_a_base_gives_its_styles_margins_and_footer_and_keeps_no_trace(page, tmp_path):
    base = own_base(tmp_path)
    before = hashlib.sha256(base.read_bytes()).hexdigest()
    path = written(page, tmp_path, template=base)
    document = docx.Document(str(path))
    assert document.styles["Heading 1"].font.name == "Georgia"
    assert round(document.sections[0].left_margin.cm, 2) == 4
    assert document.sections[0].footer.paragraphs[0].text == "Фирма, коммерческая тайна"
    assert "Текст образца" not in body_text(document)
    assert document.core_properties.author == "cjmresearch"
    assert outside_links(path) == []
    with zipfile.ZipFile(path) as parts:
        whole = b"".join(parts.read(name) for name in parts.namelist())
    assert b"ivan" not in whole
    assert b"attachedTemplate" not in whole
    assert hashlib.sha256(base.read_bytes()).hexdigest() == before


def test_a_base_without_a_style_is_told_which(page, tmp_path):
    base = docx.Document()
    style = base.styles["Heading 2"]
    style.element.getparent().remove(style.element)
    base.save(str(tmp_path / "poor.docx"))
    with pytest.raises(CjmError, match=r"poor\.docx: has no style 'Heading 2'.*Title") as caught:
        written(page, tmp_path, template=tmp_path / "poor.docx")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.docx", b"no zip at all", "can't be read as .docx"),
        ("x.dotx", b"", "is no .docx file"),
        ("y.docx", None, "there is no such file"),
    ],
)
def test_what_is_no_base_is_an_error_of_one_line(page, tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CjmError, match=said) as caught:
        written(page, tmp_path, template=tmp_path / name)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "report.docx").exists()


def test_a_base_that_is_a_zip_of_something_else_is_refused(page, tmp_path):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as parts:
        parts.writestr("a.txt", "x")
    (tmp_path / "z.docx").write_bytes(held.getvalue())
    with pytest.raises(CjmError, match="can't be read"):
        written(page, tmp_path, template=tmp_path / "z.docx")


# -- rich text and its fit ------------------------------------------------------------------------


def test_markup_becomes_words_and_numbers(page):
    reading = rich.Reading(page)
    for sentence in page["findings"]:
        spans = reading.sentence(sentence)
        panels = reading.panels_of(sentence)
        numbers = [s.evidence for s in spans if s.evidence is not None]
        assert set(numbers) == {q["number"] for panel in panels for q in panel.quotes}
        assert "<" not in rich.plain(spans)
        assert "&" not in rich.plain(spans)


def test_lines_are_counted_with_words_that_are_wider_than_the_column():
    assert fit.count_lines("слово", 10, 100) == 1
    assert fit.count_lines("слово " * 10, 10, 100) >= 4
    wide = fit.width("ш" * 100, 10)
    assert fit.count_lines("ш" * 100, 10, 100) >= wide / 100
    assert fit.count_lines("", 10, 100) == 1
    assert fit.width("日本", 10) > fit.width("ab", 10)


@pytest.mark.parametrize("lines", [1, 2, 5])
def test_a_cut_text_takes_no_more_lines_than_it_may(lines):
    text = "Довольно длинная фраза о том, как всё было на самом деле. " * 20
    cut = fit.shorten_to(text, 12, 200, lines=lines, end=" … см. отчёт")
    assert fit.count_lines(cut, 12, 200) <= lines
    assert cut.endswith("… см. отчёт")
    assert fit.shorten_to("коротко", 12, 200, lines=1) == "коротко"
