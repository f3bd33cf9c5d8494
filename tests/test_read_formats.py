"""Every format against a small file of our own with its expected turns beside it."""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cjmresearch import read, schema
from cjmresearch.read.transcripts import Transcript

GOLDENS = Path(__file__).parent / "data" / "transcripts"
EXPECTED = sorted(path.name for path in GOLDENS.glob("*.expected"))
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(content: str | bytes, name: str = "talk.txt", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return put


def said(result: Transcript) -> list[tuple[str, str]]:
    rows = result.turns[["speaker", "start", "end"]].itertuples(index=False)
    return [(speaker, result.text[start:end]) for speaker, start, end in rows]


def roles(result: Transcript) -> dict[str, str]:
    return dict(zip(result.speakers["speaker"], result.speakers["role"], strict=True))


def assert_whole(result: Transcript) -> None:
    """Every character of the text stands in one span, and the frames obey the schema."""
    spans = result.report.spans
    assert spans["start"].tolist() == [0, *spans["end"].tolist()[:-1]]
    assert spans["end"].iloc[-1] == len(result.text)
    turns = spans[spans["what"] == "turn"]
    assert turns["start"].tolist() == result.turns["start"].tolist()
    assert turns["end"].tolist() == result.turns["end"].tolist()
    for row in spans[spans["what"] == "blank"].itertuples():
        assert not result.text[row.start : row.end].strip()
    for name in ("turns", "speakers"):
        schema.check(getattr(result, name), name)
    schema.check(result.source, "sources")


def test_there_are_goldens() -> None:
    assert len(EXPECTED) >= 110


@pytest.mark.parametrize("name", EXPECTED)
def test_golden(name: str, tmp_path: Path) -> None:
    """The file is copied under a name that tells nothing: content decides.

    Beside it stands what was said: speaker, words, and as far as known begin, end, and the words
    and times of the cues that were merged; of several dialogues, by their titles.
    """
    original = GOLDENS / name.removesuffix(".expected")
    path = tmp_path / "file"
    path.write_bytes(original.read_bytes())
    results = read.transcripts(path)
    expected = json.loads((GOLDENS / name).read_text(encoding="utf-8"))
    if isinstance(expected, dict):
        assert [r.source["title"].item() for r in results] == list(expected)
    each = expected.values() if isinstance(expected, dict) else [expected]
    for result, turns in zip(results, each, strict=True):
        assert said(result) == [(speaker, words) for speaker, words, *_ in turns]
        assert_times(result, turns)
        assert_whole(result)


def assert_times(result: Transcript, expected: list[list[object]]) -> None:
    """Turns and cues begin and end when the file says so."""
    cues = result.cues
    for turn, (_, _, *times) in zip(result.turns.itertuples(), expected, strict=True):
        got = [None if t != t else round(t, 3) for t in (turn.begin_s, turn.end_s)]
        assert got[: len(times)] == times[:2]
        for words, begin, end in times[2] if len(times) > 2 else ():
            at = result.text.index(words, turn.start, turn.end)
            assert result.times(at, at + len(words)) == (begin, end)
            here = cues[(cues["turn_id"] == turn.turn_id) & (cues["start"] == at)]
            assert here["end"].tolist() == [at + len(words)]
            assert here[["begin_s", "end_s"]].values.tolist() == [[begin, end]]


TEXTS = [n for n in EXPECTED if n.endswith((".txt.expected", ".md.expected"))]


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_kept_character_for_character(name: str) -> None:
    """Turns, labels and droppings in order are the file, but for its encoding and soft hyphens."""
    path = GOLDENS / name.removesuffix(".expected")
    result = read.transcript(path)
    encoding = result.report.encoding.split()[0]
    written = path.read_bytes().decode(encoding).lstrip("\ufeff")
    written = written.replace("\r\n", "\n").replace("\r", "\n").replace("\xad", "")
    pieces = zip(result.report.spans["start"], result.report.spans["end"], strict=True)
    assert "".join(result.text[a:b] for a, b in pieces) == unicodedata.normalize("NFC", written)


def test_tens_of_thousands_of_short_turns_are_all_kept(write: Write) -> None:
    path = write("И:x\nР:y\n" * 20_000)
    assert len(read.transcript(path)) == 40_000


REFUSED = sorted(path.name for path in GOLDENS.glob("*.refused"))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_transcript_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes((GOLDENS / name.removesuffix(".refused")).read_bytes())
    message = (GOLDENS / name).read_text(encoding="utf-8").strip()
    with pytest.raises(read.ReadError, match=re.escape(message)) as error:
        read.transcripts(path)
    assert "\n" not in str(error.value)
    assert str(path) in str(error.value)


# JSON of recognisers


def test_words_of_nobody_are_said_to_be_so() -> None:
    result = read.transcript(GOLDENS / "whisper.json")
    assert roles(result) == {"Unknown": "other"}
    assert "nothing tells who speaks" in str(result.report)
    assert roles(result.with_roles({"Unknown": "participant"})) == {"Unknown": "participant"}
    result = read.transcript(GOLDENS / "whisperx.json")
    assert "1 of 5 pieces do not tell who speaks" in str(result.report)
    assert "WhisperX JSON" in result.report.format
    assert result.turns["locator"].tolist() == [f"segment {n}" for n in range(1, 6)]


JSON_FAULTS = {
    "not closed": ('{"segments": [', "broken JSON"),
    "deep": ('{"segments":' + "[" * 100_000, "(broken JSON|nested too deeply)"),
    "other": ('{"name": "x", "items": []}', "of no recogniser known here; looked for whisper.cpp"),
    "no words": ('{"segments": []}', "Whisper JSON without any words"),
    "time": ('{"segments": [{"start": "soon", "text": "a"}]}', r"segments\[0\].start is \"soon\""),
    "infinite": ('{"segments": [{"start": 1e999, "text": "a"}]}', r"is Infinity, not a time"),
    "huge": ('{"segments": [{"start": 1' + "0" * 400 + ', "text": "a"}]}', "not a time"),
    "endless": ('{"segments": [{"start": 1' + "0" * 9000 + "}]}", "endless numbers"),
    "text": ('{"segments": [{"text": ["a"]}]}', r"segments\[0\].text is \[\"a\"\], not text"),
    "list": ('{"segments": {"a": 1}}', "segments is .* not a list"),
    "speaker": ('{"segments": [{"text": "a", "speaker": []}]}', "not a speaker"),
    "object": ('{"transcription": [3]}', r"transcription\[0\] is 3, not an object"),
}


@pytest.mark.parametrize("case", JSON_FAULTS)
def test_faults_in_json_name_their_place(write: Write, case: str) -> None:
    content, message = JSON_FAULTS[case]
    with pytest.raises(read.ReadError, match=message) as error:
        read.transcript(write(content))
    assert "\n" not in str(error.value)


def test_strange_json_is_made_whole(write: Write) -> None:
    segments = [
        {"start": 2, "end": 1, "text": " half \ud83d a\u0000pair", "speaker": 7},
        {"start": 3, "end": 4, "text": "a\u00adb", "speaker": "Anna: B"},
    ]
    result = read.transcript(write(json.dumps({"segments": segments})))
    assert said(result) == [("Speaker 7", "half \ufffd a pair"), ("Anna B", "ab")]
    assert result.turns["end_s"].isna().tolist() == [True, False]
    assert "1 pieces end before they begin" in str(result.report)
    assert "1 soft hyphens" in str(result.report)
    assert_whole(result)


# documents


def test_what_documents_leave_out_is_said() -> None:
    word = str(read.transcript(GOLDENS / "changes.docx").report)
    assert "left out: 1 tracked deletions" in word
    assert "left out: 1 comments" in word
    assert "note: 1 tracked insertions count as text" in word
    odt = str(read.transcript(GOLDENS / "paragraphs.odt").report)
    for what in ("tracked deletions", "comments", "footnotes or endnotes"):
        assert f"left out: 1 {what}" in odt
    assert "note: 1 tracked insertions" in odt
    rtf = str(read.transcript(GOLDENS / "cp1251.rtf").report)
    assert "rtf (cp1251)" in rtf
    for what in ("tracked deletions", "footnotes"):
        assert f"left out: 1 {what}" in rtf
    pdf = read.transcript(GOLDENS / "pages.pdf")
    assert "left out: 2 page numbers" in str(pdf.report)
    assert "left out: 4 line numbers" in str(pdf.report)
    assert pdf.turns["locator"].tolist() == ["page 1", "page 1", "page 1", "page 2"]


def test_tables_of_turns() -> None:
    for name in ("table_three.docx", "table.odt", "table.rtf"):
        result = read.transcript(GOLDENS / name)
        assert roles(result) == {"Интервьюер": "interviewer", "Анна": "participant"}
        assert not result.report.warnings
    assert "1 header rows" in str(read.transcript(GOLDENS / "table_three.docx").report)


def test_a_pdf_of_pictures_says_so() -> None:
    with pytest.raises(read.ReadError, match="2 pages, but no text layer"):
        read.transcript(GOLDENS / "no_text.pdf")


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


ODT = (
    '<d:x xmlns:d="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><d:body>{}</d:body></d:x>'
)
DEEP = "<t:p>" * 5000 + "</t:p>" * 5000
HOSTILE = {
    "entity.odt": (
        zipped({"content.xml": b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>'}),
        "no clean XML",
    ),
    "bomb.odt": (zipped({"content.xml": b" " * 30_000_000}), "looks like a zip bomb"),
    "deep.odt": (
        zipped({"content.xml": ODT.format(f"<d:text>{DEEP}</d:text>").encode()}),
        "nested too deeply",
    ),
    "sheet.ods": (zipped({"content.xml": ODT.format("<d:sheet/>").encode()}), "no text document"),
    "empty.odt": (zipped({"content.xml": ODT.format("<d:text/>").encode()}), "holds no text"),
    "deep.rtf": (b"{\\rtf1" + b"{" * 50_000, "nested too deeply"),
    "empty.rtf": (b"{\\rtf1 }", "holds no text"),
    "cut.pdf": (b"%PDF-1.7\n1 0 obj << /Length 9", "the PDF is damaged"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_documents(write: Write, case: str) -> None:
    content, message = HOSTILE[case]
    with pytest.raises(read.ReadError, match=message) as error:
        read.transcript(write(content))
    assert "\n" not in str(error.value)


# layouts


def test_at_names(write: Write) -> None:
    text = (
        "# time_begin = 0:31\n@es1 как нашли? //\n@ia2 по совету / @ab3 и сами //\n@es1 ясно //\n"
    )
    result = read.transcript(write(text + "@ia2 да //\nвот //\n@ab3 пиши на x@y.ru //\n"))
    assert said(result) == [
        ("es1", "как нашли? //"), ("ia2", "по совету /"), ("ab3", "и сами //"),
        ("es1", "ясно //"), ("ia2", "да //\nвот //"), ("ab3", "пиши на x@y.ru //"),
    ]  # fmt: skip
    assert result.turns["locator"].tolist()[1:3] == ["line 3", "line 3"]
    assert result.text.startswith(text)
    assert_whole(result)


def test_noise_is_known_and_stays(write: Write) -> None:
    text = "И: Как? [смех]\nР: Да НРЗБ так (inaudible 0:12) и [список]. <crosstalk>\n"
    result = read.transcript(write(text * 2))
    noise = result.report.noise
    assert noise["mark"].tolist() == ["[смех]", "НРЗБ", "(inaudible 0:12)", "<crosstalk>"] * 2
    for row in noise.itertuples():
        assert result.text[row.start : row.end] == row.mark
    assert "note: marks of noise kept in the words: [смех] 2, нрзб 2" in str(result.report)


def test_soft_hyphens_are_taken_out_and_told(write: Write) -> None:
    result = read.transcript(write("Интер\u00adвьюер:\u00a0Как?\nАнна: Так\u00adже.\n" * 2))
    assert said(result) == [("Интервьюер", "Как?"), ("Анна", "Также.")] * 2
    assert "left out: 4 soft hyphens" in str(result.report)
    assert "note: 2 no-break spaces kept" in str(result.report)
    assert_whole(result)


@pytest.mark.parametrize("piece", ["<!", "<a ", "<!--", "</", "<?", "<![x", "<span class=note>"])
def test_broken_markup_is_read(write: Write, piece: str) -> None:
    """Tags that never close; a run that seems to hang here is `html.parser` come back."""
    result = read.transcript(write(f"<speech role='a'>Да{piece * 100_000}"))
    assert said(result)[0][1].startswith("Да")


# annotations and files merged by time


def test_two_channels_are_merged_by_time() -> None:
    paths = [GOLDENS / "call_doctor.TextGrid", GOLDENS / "call_patient.TextGrid"]
    result = read.transcript(paths)
    assert said(result) == [
        ("doctor", "Как вы нас нашли?"),
        ("patient", "По совету коллег. Искали долго."),
        ("doctor", "А что было дальше?"),
        ("patient", 'Ждали "счёт" неделю.'),
    ]
    assert result.turns["begin_s"].tolist() == [0.0, 2.5, 6.0, 8.0]
    assert result.source["title"].item() == "call"
    assert result.source["file"].item() == "call_doctor.TextGrid + call_patient.TextGrid"
    assert result.turns["locator"].iloc[1] == "call_patient.TextGrid piece 1-2"
    assert_whole(result)
    assert said(read.transcript(paths[::-1])) == said(result)


def test_what_cannot_be_merged(write: Write) -> None:
    grid = GOLDENS / "call_doctor.TextGrid"
    with pytest.raises(read.ReadError, match=r"text .* can't be merged by time; these can: JSON"):
        read.transcript([grid, write("И: Как?\nР: Так.\n" * 2)])
    with pytest.raises(read.ReadError, match="empty list of files"):
        read.transcript([])
    timeless = write('{"segments": [{"text": "a"}]}')
    with pytest.raises(read.ReadError, match="piece 1 has no time"):
        read.transcript([grid, timeless])
    whisper = GOLDENS / "whisper.json"
    assert len(read.transcript([grid, whisper])) > 2


def test_what_annotations_leave_out_is_said() -> None:
    report = str(read.transcript(GOLDENS / "interview.eaf").report)
    assert "left out: tier 'Анна-en' (2 annotations that hang on 'Анна')" in report
    assert "check: 2 annotations hang on time slots without a time" in report
    report = str(read.transcript(GOLDENS / "short_utf16.TextGrid").report)
    assert "left out: 1 points of point tiers" in report
    assert "utf-16" in report


def test_the_time_counts_and_not_the_order_of_the_slots(write: Write) -> None:
    times = {"a": 4000, "b": 5000, "c": 0, "d": 1000}
    slots = "".join(f'<TIME_SLOT TIME_SLOT_ID="{n}" TIME_VALUE="{t}"/>' for n, t in times.items())
    tiers = "".join(
        f'<TIER TIER_ID="{who}"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="{who}" '
        f'TIME_SLOT_REF1="{begin}" TIME_SLOT_REF2="{end}"><ANNOTATION_VALUE>{words}'
        "</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>"
        for who, begin, end, words in (("Анна", "a", "b", "Так."), ("Олег", "c", "d", "Как?"))
    )
    order = f"<TIME_ORDER>{slots}</TIME_ORDER>{tiers}"
    result = read.transcript(write(f"<ANNOTATION_DOCUMENT>{order}</ANNOTATION_DOCUMENT>"))
    assert said(result) == [("Олег", "Как?"), ("Анна", "Так.")]
    assert result.turns["begin_s"].tolist() == [0.0, 4.0]


EAF = (
    '<ANNOTATION_DOCUMENT><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t" TIME_VALUE="{0}"/></TIME_ORDER>'
    '<TIER TIER_ID="A"><ANNOTATION><{1}><ANNOTATION_VALUE>a</ANNOTATION_VALUE></{1}></ANNOTATION>'
    "</TIER></ANNOTATION_DOCUMENT>"
)
GRID = 'File type = "ooTextFile"\nObject class = "TextGrid"\n0 9 {}'
ANNOTATION_FAULTS = {
    "slot": (EAF.format("1", "ALIGNABLE_ANNOTATION"), "has no such time slot"),
    "reference": (EAF.format("1", "REF_ANNOTATION"), "refers to none with a time"),
    "time": (EAF.format("1.5", "X"), "'1.5' is no count of milliseconds"),
    "no words": (EAF.format("1", "X"), "without words on its tiers"),
    "entity": ('<!DOCTYPE a [<!ENTITY b "c">]>' + EAF.format("1", "X"), "no clean XML"),
    "cut eaf": (EAF[:80], "no clean XML"),
    "no tiers": (GRID.format("<absent>"), "a TextGrid without tiers"),
    "cut": (GRID.format('<exists> 1 "IntervalTier" "A" 0 9 1 0 9'), "line 3: the end of the file"),
    "many": (GRID.format("<exists> 99999999999"), "the end of the file"),
    "fraction": (GRID.format("<exists> 1.5"), "1.5 where a count belongs"),
    "word": (GRID.format('<exists> 1 "IntervalTier" "A" "b"'), "'b' where a number belongs"),
    "early": (GRID.format('<exists> 1 "IntervalTier" "A" 0 9 1 -2 9 "a"'), "before the recording"),
    "number": (GRID.format("<exists> 1 4"), "4.0 where words in quotes belong"),
}


@pytest.mark.parametrize("case", ANNOTATION_FAULTS)
def test_faults_in_annotations(write: Write, case: str) -> None:
    content, message = ANNOTATION_FAULTS[case]
    with pytest.raises(read.ReadError, match=message) as error:
        read.transcript(write(content))
    assert "\n" not in str(error.value)


# tables


def test_several_dialogues_of_a_file(write: Write) -> None:
    table = (
        "dialogue_id,speaker,utterance,start,end\n"
        "a,Ann,How?,0.5,1\n,,,,\nb,Bob,Well.,0:01,\n"
        "a,Jo,So &amp; so.,2,3\na,,And so.,5,4\na,Jo,,,\n"
    )
    first, second = read.transcripts(write(table))
    assert said(first) == [("Ann", "How?"), ("Jo", "So & so. And so.")]
    assert first.turns["begin_s"].tolist() == [0.5, 2.0]
    assert first.turns["end_s"].tolist() == [1.0, 3.0]
    assert first.turns["locator"].tolist() == ["row 2", "row 5-6"]
    assert "1 rows name no speaker and were given to the one before them (first: row 6)" in str(
        first.report
    )
    assert "left out: 1 rows without words" in str(first.report)
    assert "left out: 1 rows without any answer" in str(first.report)
    assert said(second) == [("Bob", "Well.")]
    titles = [t.source["title"].item() for t in (first, second)]
    assert titles == ["a", "b"]
    with pytest.raises(
        read.ReadError, match=r"holds 2 dialogues; read them with read\.transcripts"
    ):
        read.transcript(write(table))
    one = write("И: Как?\nР: Так.\n" * 2)
    assert [len(t) for t in read.transcripts(one)] == [4]


def test_tables_that_are_no_talk(write: Write) -> None:
    with pytest.raises(read.UnknownFormat, match="row 2: no speakers in the cell 'text'"):
        read.transcript(write("interview_id,text\n1,Ничего не сказано.\n2,И тут.\n"))
    with pytest.raises(read.ReadError, match="no row of the table holds words"):
        read.transcript(write("speaker,text\nAnn,\nBob,\n"))
    with pytest.raises(read.ReadError, match="3 cells, but the header has 2"):
        read.transcript(write("speaker,text\nAnn,a,b\n"))
