"""Layouts, labels, encodings and errors, on small texts made for the purpose."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cjmresearch import read, schema
from cjmresearch.read import container
from cjmresearch.read.transcripts import Transcript

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


TALK = [("Интервьюер", "Как вы нас нашли?"), ("Анна", "По совету коллег.")]

LAYOUTS = {
    "name and colon": "{0}: {1}\n{2}: {3}\n\n{0}: {1}\n{2}: {3}\n",
    "name on its own line": "{0}:\n{1}\n\n{2}:\n{3}\n\n{0}:\n{1}\n\n{2}:\n{3}\n",
    "name without a colon": "{0}\n{1}\n\n{2}\n{3}\n\n{0}\n{1}\n\n{2}\n{3}",
    "Otter": "{0}  0:00  \n{1}\n\n{2}  0:04  \n{3}\n\n{0}  0:10  \n{1}\n\n{2}  1:00:11  \n{3}\n",
    "Rev": "{0} (00:00:01): {1}\n{2} (00:00:03): {3}\n{0} (00:01):\n{1}\n{2} (00:02):\n{3}",
    "time first": "[00:01] {0}: {1}\n[00:02] {2}: {3}\n00:00:03 {0}: {1}\n{{00:00:04}} {2}: {3}",
    "bold": "**{0}:** {1}\n\n**{2}:** {3}\n\n**{0}**: {1}\n\n**{2}**: {3}\n",
    "brackets": "[{0}] {1}\n\n[{2}] {3}\n\n[{0}] {1}\n\n[{2}] {3}\n",
    "CRLF": "{0}: {1}\r\n{2}: {3}\r\n\r\n{0}: {1}\r\n{2}: {3}\r\n",
    "old Mac": "{0}: {1}\r{2}: {3}\r{0}: {1}\r{2}: {3}\r",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(write: Write, layout: str) -> None:
    (asks, question), (answers, answer) = TALK
    result = read.transcript(write(LAYOUTS[layout].format(asks, question, answers, answer)))
    assert said(result) == TALK * 2
    assert roles(result) == {"Интервьюер": "interviewer", "Анна": "participant"}
    assert result.report.language == "ru"
    if layout in {"Otter", "Rev", "time first"}:
        assert result.turns["begin_s"].notna().all()
    schema.check(result.turns, "turns")


@pytest.mark.parametrize(
    ("asks", "answers"),
    [
        ("И", "Р"),
        ("В", "О"),
        ("I", "P1"),
        ("Q", "A"),
        ("Модератор", "Респ. 1"),
        ("Интервьюер 2", "И. И. Петров"),
        ("Ольга (интервьюер)", "Пётр"),
        ("Модератор Анна", "Иван"),
        ("moderator", "Jean-Luc O'Brien"),
        ("Researcher", "SPEAKER_01"),
        ("Int.", "Ж1"),
        ("Assistant", "User"),
        ("И.", "Р1."),
        ("Модератор", "Респондент 1, жен., 34"),
    ],
)
def test_labels_that_tell_the_role(write: Write, asks: str, answers: str) -> None:
    text = f"{asks}: Расскажите.\n{answers}: Хорошо.\n{asks}: Дальше.\n{answers}: Всё.\n"
    result = read.transcript(write(text))
    assert roles(result) == {asks: "interviewer", answers: "participant"}
    assert "label says so" in str(result.report)


@pytest.mark.parametrize(
    "line",
    [
        "17:30 мы приехали на склад.",
        "В 17:30 мы приехали на склад.",
        "https://example.org/page: там всё написано",
        "Вопрос такой: сколько это стоит",
        "вопрос такой: сколько это стоит",
        "цитирую: «сроки не соблюдены»",
        "Цитирую: «сроки не соблюдены»",
        "Например: договор",
        "Клиент говорит: дорого",
        "Мы спросили их, что дальше, и получили ответ: ничего",
        "For example: a contract",
        "Note: it was late",
        "Итого: три письма",
    ],
)
def test_no_speakers(write: Write, line: str) -> None:
    """Such lines recur in a turn and stay its words."""
    text = f"Интервьюер: Что было?\nАнна: Так.\n{line}\n\n{line}\nИнтервьюер: И?\nАнна: {line}\n"
    result = read.transcript(write(text))
    assert set(roles(result)) == {"Интервьюер", "Анна"}
    assert said(result)[1] == ("Анна", f"Так.\n{line}\n\n{line}")
    alone = f"Обычный текст.\n{line}\n\nЕщё один абзац.\n{line}\n"
    with pytest.raises(read.UnknownFormat):
        read.transcript(write(alone))


def test_roles_from_the_talk_and_their_reason(write: Write) -> None:
    turns = "Ольга: Как искали? Где?\nМарк: Долго искали и нашли у коллег, вот так это было.\n"
    result = read.transcript(write(turns * 4))
    assert roles(result) == {"Ольга": "interviewer", "Марк": "participant"}
    reason = result.report.speakers.set_index("speaker").at["Ольга", "reason"]
    assert "100% of the sentences are questions" in reason
    assert "guessed from the talk" in str(result.report)


def test_a_correction_keeps_the_doubt_about_the_others(write: Write) -> None:
    turns = "А1: Как искали? Где?\nБорис: Долго искали.\nВера: Очень долго искали.\n"
    result = read.transcript(write(turns * 4))
    other = result.with_roles({"Вера": "other"})
    assert "roles of А1, Борис are guessed" in str(other.report)
    asked = result.with_roles({"А1": "interviewer"})
    assert "guessed" not in str(asked.report)
    quiet = read.transcript(write("Ольга: Ждали.\nМарк: И мы.\nИнна: Все ждали.\n" * 3))
    assert "nobody here plainly asks" in str(quiet.report)
    assert "nobody here plainly asks" not in str(quiet.with_roles({"Инна": "interviewer"}).report)


def test_nobody_asks(write: Write) -> None:
    text = "Ольга: Мы ждали долго.\nМарк: И мы ждали.\nИнна: Все ждали.\n" * 3
    assert set(roles(read.transcript(write(text))).values()) == {"participant"}


def test_roles_and_people_are_corrected_in_a_copy(write: Write) -> None:
    path = write("Ольга: Мы ждали.\nМарк: И мы ждали.\nИнна: Все.\n" * 3)
    result = read.transcript(path, participants={"марк": "p7"})
    assert result.speakers.set_index("speaker")["participant_id"].dropna().to_dict() == {
        "Марк": "p7"
    }
    fixed = result.with_roles({"Ольга": "interviewer"})
    assert roles(fixed)["Ольга"] == "interviewer"
    assert roles(result)["Ольга"] == "participant"
    assert "set by hand" in str(fixed.report)
    with pytest.raises(read.ReadError, match="no role 'boss'; allowed: interviewer"):
        result.with_roles({"Ольга": "boss"})
    with pytest.raises(read.ReadError, match="no speaker 'Яна'; the file has Ольга, Марк, Инна"):
        result.with_roles({"Яна": "other"})
    with pytest.raises(read.ReadError, match=r"no turn 10 \(position 9\); there are 1-9"):
        result.with_speakers({9: "Марк"})
    with pytest.raises(read.ReadError, match="needs two speakers"):
        result.with_speakers({1: "Марк"}, onwards=True)
    with pytest.raises(read.ReadError, match="no speaker 'p'"):
        read.transcript(path, participants={"p": "p7"})


def test_a_label_given_by_the_caller_may_stand_once(write: Write) -> None:
    path = write("Интервьюер: Кто там?\nМария: Я.\nИнтервьюер: Кто?\nПётр: Он.\nПётр: Да.\n")
    result = read.transcript(path)
    assert set(roles(result)) == {"Интервьюер", "Пётр"}
    assert "«Мария:» (2)" in str(result.report)
    assert "Мария" in roles(read.transcript(path, participants={"Мария": "p1"}))


def test_paragraphs_stay_in_one_turn(write: Write) -> None:
    text = "И: Как?\n\nР: Сначала так.\n\nПотом иначе.\n— список\n\nИ: Ясно.\nР: Да.\n"
    assert said(read.transcript(write(text)))[1] == ("Р", "Сначала так.\n\nПотом иначе.\n— список")


def test_front_matter_headings_and_head_blocks(write: Write) -> None:
    yaml = "---\ntitle: Разговор\ndate: 2026-03-04\nguest: Анна Котова\n---\n# Часть 1\n\n"
    talk = "Анна: Так и было.\nОлег: Ну?\n## Часть 2\nДальше.\nАнна: Да.\nОлег: Ну?\n"
    result = read.transcript(write(yaml + talk, "talk.md"))
    assert result.source["title"].item() == "Разговор"
    assert result.source["recorded_on"].item() == "2026-03-04"
    assert said(result)[:3] == [("Анна", "Так и было."), ("Олег", "Ну?"), ("Олег", "Дальше.")]
    assert roles(result)["Анна"] == "participant"
    assert "front matter says guest: Анна Котова" in str(result.report)
    spans = result.report.spans.groupby("what").size()
    assert (spans["heading"], spans["front_matter"]) == (2, 1)
    head = "Дата: 12 мая\nРеспондент: Иван, 34 года\nИнтервьюер: Ольга\n\n"
    result = read.transcript(write(head + "И: Как?\nР: Так.\nИ: А?\nР: Да.\n"))
    assert set(roles(result)) == {"И", "Р"}
    assert "9 words before the first turn (lines 1-3)" in str(result.report)


def test_dashes(write: Write) -> None:
    text = (
        "О нас: список\n— первое;\n— второе;\n\nРасшифровка:\n"
        + "— Как?\n— Так.\n\nИ вот так.\n" * 3
    )
    result = read.transcript(write(text))
    assert [s for s, _ in said(result)] == ["—1", "—2"] * 3
    assert said(result)[1] == ("—2", "Так.\n\nИ вот так.")
    assert "with_speakers" in str(result.report)
    listing = "Список дел:\n" + "— купить стеллажи;\n— позвать монтажников;\n" * 4
    with pytest.raises(read.UnknownFormat):
        read.transcript(write(listing))


def test_a_corrected_turn_turns_round_all_that_follow(write: Write) -> None:
    result = read.transcript(write("— Как?\n— Так.\n— И долго.\n— А где?\n— Там.\n— Ясно.\n"))
    fixed = result.with_speakers({2: "—2"}, onwards=True)
    assert [s for s, _ in said(fixed)] == ["—1", "—2", "—2", "—1", "—2", "—1"]
    assert fixed.report.speakers["n_turns"].tolist() == [3, 3]
    assert fixed.report.speakers["n_words"].tolist() == [4, 4]
    one = result.with_speakers({2: "—2"})
    assert [s for s, _ in said(one)] == ["—1", "—2", "—2", "—2", "—1", "—2"]


def test_a_label_without_words_is_no_turn(write: Write) -> None:
    result = read.transcript(write("И: Как?\nР:\nИ: Что?\nР: Да.\n"))
    assert [s for s, _ in said(result)] == ["И", "И", "Р"]
    assert "line 2: «Р» with no words" in str(result.report)


TWO = "И: Как вы нас нашли?\nР: По совету. Ещё ёлки, съезд.\n" * 3


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8 with a byte-order mark"),
        ("cp1251", "cp1251"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le without a byte-order mark"),
        ("utf-16-be", "utf-16-be without a byte-order mark"),
        ("koi8-r", "koi8-r"),
        ("cp866", "cp866"),
    ],
)
def test_encodings(write: Write, encoding: str, name: str) -> None:
    result = read.transcript(write(TWO.replace("\n", "\r\n"), encoding=encoding))
    assert result.text == TWO
    assert result.report.encoding == name


def test_text_is_composed(write: Write) -> None:
    decomposed = unicodedata.normalize("NFD", TWO)
    assert decomposed != TWO
    assert read.transcript(write(decomposed)).text == TWO


def test_mixed_languages_are_told(write: Write) -> None:
    text = "И: Как вы нас нашли?\nР: Through colleagues.\n" * 3
    result = read.transcript(write(text))
    assert (result.report.language, "mixed" in str(result.report)) == ("en", True)
    assert read.transcript(write(text), language="ru").source["language"].item() == "ru"


BAD = {
    "empty": (b"", "the file is empty"),
    "only a mark": (b"\xef\xbb\xbf\r\n ", "the file is empty"),
    "capitals": (TWO.upper().encode("cp1251"), r"line 1: byte 0x\w\w is neither UTF-8 nor"),
    "rare letters": ("Щёлк: цыц, хохочущий щур".encode("koi8-r"), "line 1: byte 0xfd is neither"),
    "old mac": (TWO.encode("mac-cyrillic"), "line 1: byte 0x88 is neither"),
    "iso": (TWO.encode("iso8859-5"), "line 1: byte 0xb8 is neither"),
    "latin": ("Anna: café\nBob: déjà\n".encode("latin-1"), "line 1: byte 0xe9 is neither"),
    "broken utf-8": (b"I: How?\n" + TWO.encode()[:-1] + b"\xd0", "neither UTF-8 nor"),
    "pdf": (b"%PDF-1.7 ...", "the PDF is damaged"),
    "picture": (b"\x89PNG\r\n\x1a\n", "is a picture"),
    "binary": (b"Anna: \x00\x01\x02", "line 1: is no text"),
    "zip": (b"PK\x03\x04 broken", "the archive is damaged"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1", "old binary Office file"),
    "plain": ("Обычный текст без людей.".encode(), "no speakers found in 1 lines"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_give_one_line(write: Write, case: str) -> None:
    content, message = BAD[case]
    path = write(content)
    with pytest.raises(read.ReadError, match=message) as error:
        read.transcript(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_files_folders_and_bad_options(tmp_path: Path, write: Write) -> None:
    with pytest.raises(read.ReadError, match="no such file"):
        read.transcript(tmp_path / "none.txt")
    with pytest.raises(read.ReadError, match="is a folder"):
        read.transcript(tmp_path)
    with pytest.raises(read.ReadError, match="no kind 'chat'; allowed: interview"):
        read.transcript(write(TWO), kind="chat")
    with pytest.raises(read.ReadError, match="no voice 'boss'; allowed: customer"):
        read.transcript(write(TWO), voice="boss")


# Word


def docx(*paragraphs: str, extra: str = "") -> bytes:
    """A Word file of raw paragraph XML."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(f"<w:p>{p}</w:p>" for p in paragraphs)
    xml = f'<w:document xmlns:w="{space}"><w:body>{body}{extra}</w:body></w:document>'
    return zipped({"word/document.xml": xml.encode()})


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_word_paragraphs(write: Write) -> None:
    changed = f"<w:ins>{run('Да, ')}</w:ins><w:del><w:r><w:delText>нет</w:delText></w:r></w:del>"
    soft = "<w:r><w:t>ждали.</w:t><w:br/><w:t>Долго.</w:t></w:r><w:r><w:footnoteReference/></w:r>"
    content = docx(
        run("Интервьюер: Как?"),
        run("Анна: ") + changed + soft,
        "",
        run("Интервьюер: И?"),
        run("Анна: Всё."),
    )
    result = read.transcript(write(content, "renamed.txt"))
    assert said(result)[1] == ("Анна", "Да, ждали.\nДолго.")
    assert result.turns["locator"].tolist() == [f"paragraph {n}" for n in (1, 2, 4, 5)]
    assert "left out: 1 tracked deletions" in str(result.report)
    assert "left out: 1 footnotes" in str(result.report)


def test_word_names_in_their_own_paragraph_and_tables(write: Write) -> None:
    rows = [run(text) for text in ("Анна", "Так.", "Олег", "Ну?") * 2]
    assert [s for s, _ in said(read.transcript(write(docx(*rows))))] == ["Анна", "Олег"] * 2
    cells = "".join(f"<w:tc><w:p>{run(t)}</w:p></w:tc>" for t in ("Анна: Так.", "Олег: Ну?") * 2)
    result = read.transcript(write(docx(extra=f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>")))
    assert len(result) == 4
    assert "4 paragraphs stand in tables" in str(result.report)


def test_word_made_by_word_processors(write: Write, tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    for speaker, words in TALK * 2:
        document.add_paragraph().add_run(f"{speaker}:").bold = True
        document.add_paragraph(words)
    document.save(str(tmp_path / "made.docx"))
    assert said(read.transcript(tmp_path / "made.docx")) == TALK * 2


def test_hostile_archives(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    entity = b'<!DOCTYPE d [<!ENTITY a "aaaa">]><d>&a;</d>'
    with pytest.raises(read.ReadError, match="no clean XML"):
        read.transcript(write(zipped({"word/document.xml": entity})))
    with pytest.raises(read.ReadError, match="no clean XML"):
        read.transcript(write(zipped({"word/document.xml": b"<w:document>"})))
    deep = docx("<w:r>" * 5000 + "</w:r>" * 5000)
    with pytest.raises(read.ReadError, match="nested too deeply"):
        read.transcript(write(deep))
    bomb = zipped({"word/document.xml": b" " * 30_000_000})
    with pytest.raises(read.ReadError, match="looks like a zip bomb"):
        read.transcript(write(bomb))
    monkeypatch.setattr(container, "MAX_BYTES", 10)
    with pytest.raises(read.ReadError, match="looks like a zip bomb"):
        read.transcript(write(docx(run("Анна: Да."))))
    with pytest.raises(read.UnknownFormat, match="no Word document"):
        read.transcript(write(zipped({"a.txt": b"a"})))
    with pytest.raises(read.UnknownFormat, match=r"use read\.survey"):
        read.transcript(write(zipped({"xl/workbook.xml": b"a"})))


# captions

VTT = """WEBVTT

NOTE made by hand

{0}
00:00:01.000 --> 00:00:02.000 align:start
{1}

2
00:00:02.500 --> 00:00:04.000
{2}

3
00:01:00.000 --> 01:00:04.500
{3}
"""


def test_zoom_and_teams_captions(write: Write) -> None:
    zoom = VTT.format(
        1, "Anna Bell: Hi &amp;", "Anna Bell: bye.", "Bob: <i>Well</i>\n<c.red>then</c>."
    )
    teams = VTT.format(
        "a1b2/3-0", "<v Anna Bell>Hi &amp;</v>", "<v Anna Bell>bye.</v>", "<v Bob>Well\nthen.</v>"
    )
    both = "<v Anna Bell>Hi &amp; bye.</v> <v Bob>Well</v>"
    for content in (zoom, teams):
        result = read.transcript(write(content, "no-extension"))
        assert result.text == "Anna Bell: Hi & bye.\nBob: Well then."
        assert said(result) == [("Anna Bell", "Hi & bye."), ("Bob", "Well then.")]
        assert result.turns["locator"].tolist() == ["cue 1-2", "cue 3"]
        assert result.turns["begin_s"].tolist() == [1.0, 60.0]
        assert result.turns["end_s"].tolist() == [4.0, 3604.5]
        assert "left out: 1 NOTE" in str(result.report)
    result = read.transcript(write(VTT.format(1, both, "<v Bob>then.</v>", "<v.loud Ann>Yes.</v>")))
    assert [s for s, _ in said(result)] == ["Anna Bell", "Bob", "Ann"]


def test_subrip(write: Write) -> None:
    payloads = [
        "[noise]",
        "Интервьюер: Как?",
        "Анна: Так.",
        "И вот так: a <b и y> z.",
        "Интервьюер: Ясно.",
        "Анна: Да.",
    ]
    srt = "\n".join(
        f"{n}\n00:00:{n:02d},000 --> 00:00:{n:02d},500\n{words}\n"
        for n, words in enumerate(payloads, start=1)
    )
    for encoding in ("utf-8", "cp1251", "utf-8-sig", "utf-16"):
        result = read.transcript(write(srt.replace("\n", "\r\n"), encoding=encoding))
        assert said(result)[1] == ("Анна", "Так. И вот так: a <b и y> z.")
        assert result.turns["end_s"].iloc[1] == 4.5
        assert "1 cues before the first name" in str(result.report)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("1\n00:00:01.000 -> 00:00:02.000\nA: x", "line 6: no times above the words"),
        ("1\n00:00:01.000 --> 00:00:xx\nA: x", "line 7: .* is no pair of times"),
        ("1\n00:00:09.000 --> 00:00:02.000\nA: x", "line 7: .* is no pair of times in order"),
        ("1\n00:00:01.000 --> 00:00:02.000\nnobody talks", "3 cues, but none tells who speaks"),
    ],
)
def test_bad_captions(write: Write, block: str, message: str) -> None:
    first = "00:00:00.000 --> 00:00:00.500\nhm\n"
    last = "00:00:01.000 --> 00:00:02.000\nyes"
    with pytest.raises(read.ReadError, match=message):
        read.transcript(write(f"WEBVTT\n\n{first}\n{block}\n\n{last}"))
