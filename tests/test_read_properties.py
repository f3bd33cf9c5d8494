"""Whatever a text holds: no character is lost, and turns are exactly what people said."""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cjmresearch import read, schema
from cjmresearch.read import captions, draft, layouts, plain
from cjmresearch.read.decode import decode, tidy

SETTINGS = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PATH = Path("talk.txt")

letters = st.characters(
    categories=("Lu", "Ll", "Nd", "Po", "Pd", "Zs", "Mn", "So", "Sc"), exclude_characters="\r\n"
)
anything = st.text(
    letters | st.sampled_from(list(":—-[]()#*.\n\t «»0123456789АИРQ?")), max_size=300
)
words = st.lists(
    st.text(st.sampled_from("абвгдёxyz, ?!—й"), min_size=1, max_size=12), min_size=1, max_size=4
).map(lambda paragraphs: "\n\n".join("x" + p.strip() for p in paragraphs))
speakers = st.lists(
    st.sampled_from(["Анна", "И. И. Петров", "Интервьюер", "Респ. 1", "Bob", "Leader 2", "P1"]),
    min_size=2, max_size=3, unique=True,
)  # fmt: skip


@st.composite
def talks(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Turns in which everybody recurs and nobody follows himself."""
    people = draw(speakers)
    count = draw(st.integers(2, 4)) * len(people)
    return [(people[i % len(people)], draw(words)) for i in range(count)]


BREAK, NEXT = "\n\n", "\n"
WRITERS = {
    "colon": lambda i, who, said: f"{who}: {said}\n",
    "own line": lambda i, who, said: f"{who}:\n{said}\n\n",
    "otter": lambda i, who, said: f"{who}  {i // 60}:{i % 60:02d}  \n{said}\n\n",
    "rev": lambda i, who, said: f"{who} (00:{i // 60:02d}:{i % 60:02d}): {said}\n\n",
    "lead": lambda i, who, said: f"[00:{i // 60:02d}:{i % 60:02d}] {who}: {said}\n",
    "bold": lambda i, who, said: f"**{who}:** {said}\n\n",
    "brackets": lambda i, who, said: f"[{who}] {said.replace(BREAK, NEXT)}\n\n",
    "no colon": lambda i, who, said: f"{who}\n{said}\n\n",
}


def assert_partition(text: str, spans: list[draft.Span], turns: list[draft.Turn]) -> None:
    assert "".join(text[s.start : s.end] for s in spans) == text
    assert all(a.end == b.start for a, b in pairwise(spans))
    assert {s.what for s in spans} <= set(draft.SPAN_KINDS)
    assert all(s.end > s.start for s in spans)
    assert not any(text[s.start : s.end].strip() for s in spans if s.what == "blank")
    assert [(s.start, s.end) for s in spans if s.what == "turn"] == [
        (t.start, t.end) for t in turns
    ]
    for turn in turns:
        said = text[turn.start : turn.end]
        assert said == said.strip() != ""


@SETTINGS
@given(text=anything, fill=st.booleans())
def test_any_text_is_partitioned_or_refused(text: str, fill: bool) -> None:
    text = tidy(f"И: Как?\nР: Так.\n{text}\nИ: А?\nР: Да." if fill else text)
    try:
        result = plain.read(PATH, text.encode())
    except read.UnknownFormat as error:
        assert "\n" not in str(error)  # noqa: PT017 - refusing is one of two right answers
        return
    assert result.text == text
    assert_partition(text, list(result.spans), list(result.turns))
    assert result.turns


@SETTINGS
@given(talk=talks(), layout=st.sampled_from(sorted(WRITERS)), bom=st.booleans())
def test_turns_are_what_was_said(talk: list[tuple[str, str]], layout: str, bom: bool) -> None:
    text = "".join(WRITERS[layout](i, who, said) for i, (who, said) in enumerate(talk))
    if layout == "brackets":
        talk = [(who, said.replace(BREAK, NEXT)) for who, said in talk]
    data = text.replace("\n", "\r\n").encode("utf-8-sig" if bom else "utf-8")
    result = plain.read(PATH, data)
    text = tidy(text)
    assert result.text == text
    assert_partition(text, list(result.spans), list(result.turns))
    said = [(t.speaker, text[t.start : t.end]) for t in result.turns]
    assert said == [(who, tidy(words).strip()) for who, words in talk]


@SETTINGS
@given(said=st.lists(words, min_size=4, max_size=9))
def test_dash_turns_are_what_was_said(said: list[str]) -> None:
    text = tidy("Вступление.\n\n" + "\n".join(f"— {w[:1].upper()}{w[1:]}" for w in said))
    result = plain.read(PATH, text.encode())
    assert_partition(text, list(result.spans), list(result.turns))
    found = [text[t.start : t.end] for t in result.turns]
    assert found == [tidy(f"X{w[1:]}").strip() for w in said]


@SETTINGS
@given(talk=talks(), voice=st.booleans(), srt=st.booleans())
def test_captions_keep_every_word(talk: list[tuple[str, str]], voice: bool, srt: bool) -> None:
    comma = "," if srt else "."
    cues = []
    for i, (who, said) in enumerate(talk):
        line = said.replace("\n\n", "\n")
        body = f"<v {who}>{line}</v>" if voice else f"{who}: {line}"
        cues.append(f"{i + 1}\n00:00:{i:02d}{comma}000 --> 00:00:{i:02d}{comma}900\n{body}\n")
    content = ("" if srt else "WEBVTT\n\n") + "\n".join(cues)
    reader = captions.read_srt if srt else captions.read_vtt
    result = reader(PATH, content.encode())
    assert_partition(result.text, list(result.spans), list(result.turns))
    said = [(t.speaker, result.text[t.start : t.end]) for t in result.turns]
    assert said == [(who, " ".join(tidy(words).split())) for who, words in talk]
    assert [t.begin_s for t in result.turns] == [float(i) for i in range(len(talk))]


lowercase = st.text(st.sampled_from("абвгдежзийклмнопрстуфхцчшщъыьэюяё .,\n"), max_size=40)
one_byte = st.sampled_from(["cp1251", "koi8-r", "cp866"])
ORDINARY = "и тогда мы снова написали в отдел продаж, а нам никто не ответил до конца недели. "


@SETTINGS
@given(text=lowercase, name=one_byte)
def test_russian_of_one_byte_comes_back(text: str, name: str) -> None:
    text = 2 * ORDINARY + text
    assert decode(PATH, text.encode(name)) == (text, name)


@SETTINGS
@given(text=lowercase, name=one_byte)
def test_an_encoding_is_refused_rather_than_guessed(text: str, name: str) -> None:
    try:
        decoded = decode(PATH, f"да {text}".encode(name))
    except read.ReadError:
        return
    assert decoded == (f"да {text}", name)


@SETTINGS
@given(text=st.text(max_size=60))
def test_utf8_comes_back_composed(text: str) -> None:
    text = "".join(c for c in f"x{text}" if unicodedata.category(c) not in {"Cc", "Cs"})
    assert decode(PATH, text.encode()) == (unicodedata.normalize("NFC", text), "utf-8")


FEWER = settings(SETTINGS, max_examples=25)
cell = st.text(st.sampled_from('аб,;"\n x0'), max_size=9)


@FEWER
@given(
    rows=st.lists(st.tuples(cell, st.sampled_from(["", "0", "5"])), min_size=1, max_size=12),
    delimiter=st.sampled_from([",", ";", "\t"]),
)  # fmt: skip
def test_survey_cells_come_back(
    tmp_path: Path, rows: list[tuple[str, str]], delimiter: str
) -> None:
    frame = pd.DataFrame([("да", "5"), *rows], columns=["Почему?", "Довольны? (0-10)"])
    path = tmp_path / "survey.csv"
    frame.to_csv(path, sep=delimiter, index=False, lineterminator="\r\n", quoting=1)
    kinds = {"Почему?": {"type": "open", "pii": False}, "Довольны? (0-10)": {"type": "scale"}}
    survey = read.survey(path, questions=kinds)
    filled = [(a.strip(), b) for a, b in frame.itertuples(index=False) if a.strip() or b]
    assert len(survey) == len(filled)
    said = [a for a, _ in filled if a]
    spans = zip(survey.turns["start"], survey.turns["end"], strict=True)
    assert [survey.text[a:b] for a, b in spans] == said
    values = survey.answers["value"].dropna().tolist()
    assert values == [float(b) for _, b in filled if b], "a zero is an answer, a blank is none"
    schema.check(survey.turns, "turns")
    schema.check(survey.answers, "answers")


def test_finders_never_overlap_words() -> None:
    """Pieces of a head lie within its own line."""
    rows = draft.lines("[00:01] Анна (гость): да\n**Олег** (00:02): нет\nАнна (гость): 1\nОлег: 2")
    for finder in layouts.FINDERS:
        for head in finder(rows, ()).heads:
            line = rows[head.index]
            assert all(line.start <= a < b <= line.end for a, b, _ in head.pieces)
    assert len(layouts.colon(rows, ()).heads) == 4


def as_rtf(talk: list[tuple[str, str]]) -> bytes:
    """Every other character by `\\u`, the rest by code page."""

    def escaped(text: str) -> str:
        return "".join(
            c if c.isascii() and c not in "\\{}\n"
            else "\\par " if c == "\n"
            else f"\\u{ord(c)}?" if n % 2 or not c.encode("cp1251", "ignore")
            else f"\\'{c.encode('cp1251')[0]:02x}"
            for n, c in enumerate(text)
        )  # fmt: skip

    body = "".join(f"{{\\b {escaped(who)}:}} {escaped(said)}\\par\r\n" for who, said in talk)
    return f"{{\\rtf1\\ansi\\ansicpg1251 {body}}}".encode("ascii")


def as_odt(talk: list[tuple[str, str]]) -> bytes:
    name = "urn:oasis:names:tc:opendocument:xmlns"

    def paragraph(text: str) -> str:
        return f"<t:p>{re.sub(' ', '<t:s/>', text)}</t:p>"

    body = "".join(paragraph(line) for who, said in talk for line in f"{who}: {said}".split("\n"))
    content = (
        f'<o:d xmlns:o="{name}:office:1.0" xmlns:t="{name}:text:1.0"><o:body><o:text>{body}'
        "</o:text></o:body></o:d>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("content.xml", content)
    return buffer.getvalue()


def as_json(talk: list[tuple[str, str]]) -> bytes:
    segments = [
        {"start": n, "end": n + 0.5, "text": f" {said}", "speaker": who}
        for n, (who, said) in enumerate(talk)
    ]
    return json.dumps({"segments": segments}).encode()


def as_grid(talk: list[tuple[str, str]]) -> bytes:
    tiers = [
        f'"IntervalTier" "{who}" 0 99 {sum(w == who for w, _ in talk)}\n'
        + "".join(f'{n} {n + 0.5} "{said}"\n' for n, (w, said) in enumerate(talk) if w == who)
        for who in dict.fromkeys(who for who, _ in talk)
    ]
    head = f'"ooTextFile"\n"TextGrid"\n0 99 <exists> {len(tiers)}\n'
    return (head + "".join(tiers)).encode("utf-16")


def as_csv(talk: list[tuple[str, str]]) -> bytes:
    frame = pd.DataFrame(talk, columns=["speaker", "text"])
    return frame.to_csv(index=False).encode()


BY_LINES = {"rtf": as_rtf, "odt": as_odt}
BY_CUES = {"json": as_json, "TextGrid": as_grid, "csv": as_csv}


@FEWER
@given(talk=talks())
@pytest.mark.parametrize("name", [*BY_LINES, *BY_CUES])
def test_every_format_gives_back_what_was_said(
    tmp_path: Path, name: str, talk: list[tuple[str, str]]
) -> None:
    """Turns are the words character for character; labels and turns are the whole text."""
    path = tmp_path / "talk"
    path.write_bytes((BY_LINES | BY_CUES)[name](talk))
    result = read.transcript(path)
    spans = zip(result.turns["start"], result.turns["end"], strict=True)
    said = list(zip(result.turns["speaker"], (result.text[a:b] for a, b in spans), strict=True))
    if name in BY_LINES:
        assert said == [(who, tidy(words).strip()) for who, words in talk]
    else:
        assert said == [(who, " ".join(tidy(words).split())) for who, words in talk]
    pieces = result.report.spans
    assert pieces["start"].tolist() == [0, *pieces["end"].tolist()[:-1]]
    assert pieces["end"].iloc[-1] == len(result.text)
    blank = pieces[pieces["what"] == "blank"]
    assert not any(
        result.text[a:b].strip() for a, b in zip(blank["start"], blank["end"], strict=True)
    )
