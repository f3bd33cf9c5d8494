"""Every format against a small file of our own with its expected turns beside it."""

from __future__ import annotations

import json
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
    assert len(EXPECTED) > 12


@pytest.mark.parametrize("name", EXPECTED)
def test_golden(name: str, tmp_path: Path) -> None:
    """The file is copied under a name that tells nothing: content decides."""
    original = GOLDENS / name.removesuffix(".expected")
    path = tmp_path / "file"
    path.write_bytes(original.read_bytes())
    result = read.transcript(path)
    expected = json.loads((GOLDENS / name).read_text(encoding="utf-8"))
    assert said(result) == [(speaker, words) for speaker, words, *_ in expected]
    for turn, (_, _, *times) in zip(result.turns.itertuples(), expected, strict=True):
        if times:
            got = [None if t != t else round(t, 3) for t in (turn.begin_s, turn.end_s)]
            assert got[: len(times)] == times
    assert_whole(result)


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
