"""Damaged copies of the golden files, the same for the same seed, and what must come of them."""

from __future__ import annotations

import io
import json
import random
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cjmresearch import read, schema

DATA = Path(__file__).parents[1] / "data"
KINDS = ("transcripts", "surveys")
_TOKENS = (
    b'"', b"'", b"\\u", b"\\u0", b"{", b"}", b"[", b"]", b"null", b"-1", b"1e999", b"\0", b"\xff",
    b"\r", b"\n\n", b"\t", b";", b",", b":", b"\xef\xbb\xbf", b"\xff\xfe", b"<", b">", b"</",
    b"&a;", b"--> ", b"99999999999", b"\xd0", b"(", b")", b"\\", b"=",
    b"<!DOCTYPE a [<!ENTITY a 'a'>]>",
    "—".encode(), " Анна:".encode(), " \u0301".encode(), b"1" * 400, "НРЗБ".encode(),
)  # fmt: skip
_VALUES = (None, True, -1, 0, 1e308, 10**30, "", "x" * 300, "\ud83d", [], {}, [[]], "a: b", "1e999")


def goldens(kind: str) -> list[Path]:
    """List the golden files of a kind, those that are refused as well."""
    own = (".expected", ".refused")
    return sorted(p for p in (DATA / kind).iterdir() if p.suffix not in own)


def mutant(content: bytes, other: bytes, rng: random.Random) -> bytes:
    """Damage a file; half of the archives are damaged within, so that their sums stay right."""
    if content[:2] == b"PK" and rng.random() < 0.6:
        return _within_archive(content, rng)
    damage: Callable[[bytes, random.Random], bytes] = rng.choice(
        (_flipped, _flipped, _cut, _token, _token, _repeated, _moved, _lines_moved)
    )
    if rng.random() < 0.15:
        return _spliced(content, other, rng)
    if rng.random() < 0.5:
        return _written(content, rng)
    for _ in range(rng.choice((1, 1, 2, 5))):
        content = damage(content, rng)
    return content


def _within_archive(content: bytes, rng: random.Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        names = old.namelist()
        chosen = rng.choice(names)
        for name in names:
            member = old.read(name)
            new.writestr(name, _plain(member, rng) if name == chosen else member)
    return buffer.getvalue()


def _plain(content: bytes, rng: random.Random) -> bytes:
    return rng.choice((_flipped, _token, _token, _cut, _repeated, _moved))(content, rng)


def _place(content: bytes, rng: random.Random) -> int:
    return rng.randrange(len(content) + 1)


def _flipped(content: bytes, rng: random.Random) -> bytes:
    result = bytearray(content)
    for _ in range(rng.choice((1, 2, 8))):
        if result:
            result[rng.randrange(len(result))] ^= 1 << rng.randrange(8)
    return bytes(result)


def _cut(content: bytes, rng: random.Random) -> bytes:
    a, b = sorted((_place(content, rng), _place(content, rng)))
    return rng.choice((content[:a], content[a:], content[:a] + content[b:]))


def _token(content: bytes, rng: random.Random) -> bytes:
    at = _place(content, rng)
    return content[:at] + rng.choice(_TOKENS) + content[at + rng.choice((0, 0, 1, 6)) :]


def _repeated(content: bytes, rng: random.Random) -> bytes:
    a, b = sorted((_place(content, rng), _place(content, rng)))
    times = rng.choice((2, 2, 3, 200 if b - a < 2000 else 2))
    return content[:a] + content[a:b] * times + content[b:]


def _moved(content: bytes, rng: random.Random) -> bytes:
    a, b = sorted((_place(content, rng), _place(content, rng)))
    rest = content[:a] + content[b:]
    at = _place(rest, rng)
    return rest[:at] + content[a:b] + rest[at:]


def _lines_moved(content: bytes, rng: random.Random) -> bytes:
    rows = content.split(b"\n")
    rng.shuffle(rows)
    return b"\n".join(rows[: rng.randrange(1, len(rows) + 1)])


def _written(content: bytes, rng: random.Random) -> bytes:
    """Damage what is written and not how: the bytes stay well-formed text or JSON."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _flipped(content, rng)
    try:
        document = json.loads(text)
    except ValueError:
        return _retyped(text, rng)
    for _ in range(rng.choice((1, 1, 3))):
        document = _with_a_strange_value(document, rng)
    return json.dumps(document, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


def _with_a_strange_value(node: Any, rng: random.Random) -> Any:
    """Put a value that doesn't belong somewhere into a JSON document."""
    if isinstance(node, dict) and node and rng.random() < 0.9:
        key = rng.choice(list(node))
        return {**node, key: _with_a_strange_value(node[key], rng)}
    if isinstance(node, list) and node and rng.random() < 0.9:
        at = rng.randrange(len(node))
        return [*node[:at], _with_a_strange_value(node[at], rng), *node[at + 1 :]]
    return rng.choice(_VALUES)


def _retyped(text: str, rng: random.Random) -> bytes:
    """Change characters, words, lines and the encoding of a text."""
    for _ in range(rng.choice((1, 1, 2, 4))):
        a, b = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
        token = rng.choice(_TOKENS).decode("utf-8", "ignore")
        text = rng.choice(
            (
                lambda t, a=a, token=token: t[:a] + token + t[a:],
                lambda t, a=a, token=token: t[:a] + token + t[a + len(token) :],
                lambda t, a=a, b=b: t[:a] + t[min(b, a + 12) :],
                lambda t, a=a, b=b: t[:a] + t[a:b].upper() + t[b:],
                lambda t, a=a, b=b: t + t[a:b],
                lambda t: "\n".join(rng.sample(t.split("\n"), t.count("\n") + 1)),
                lambda t: unicodedata.normalize("NFD", t),
                lambda t: t.replace("\n", "\r\n"),
            )
        )(text)
    encoding = rng.choice(("utf-8",) * 5 + ("utf-8-sig", "utf-16", "cp1251", "koi8-r"))
    return text.encode(encoding, "replace")


def _spliced(content: bytes, other: bytes, rng: random.Random) -> bytes:
    return content[: _place(content, rng)] + other[_place(other, rng) :]


def outcome(kind: str, path: Path) -> str:
    """Read a file: `frames`, or `refused` in one line; whatever else is raised is a fault."""
    try:
        if kind == "surveys":
            _check_survey(read.survey(path))
        else:
            _check_transcripts(read.transcripts(path))
    except read.ReadError as error:
        if "\n" in str(error) or not str(error).startswith(str(path)):
            raise AssertionError(f"no line with the file: {str(error)!r}") from error
        return "refused"
    return "frames"


def _check_transcripts(results: Sequence[read.Transcript]) -> None:
    for result in results:
        spans = result.report.spans
        starts, ends = spans["start"].tolist(), spans["end"].tolist()
        _must(len(result) > 0, "no turns")
        _must(starts == [0, *ends[:-1]] and ends[-1] == len(result.text), "spans are no partition")
        turns = spans[spans["what"] == "turn"]
        _must(turns["start"].tolist() == result.turns["start"].tolist(), "turns are no spans")
        inside = result.cues.merge(result.turns, on="turn_id", suffixes=("", "_of_turn"))
        _must(bool((inside["start"] >= inside["start_of_turn"]).all()), "a cue before its turn")
        _must(bool((inside["end"] <= inside["end_of_turn"]).all()), "a cue beyond its turn")
        result.text.encode("utf-8")
        str(result.report)


def _check_survey(survey: read.Survey) -> None:
    for name in ("questions", "answers", "participants", "speakers", "turns"):
        schema.check(getattr(survey, name), name)
    spans = zip(survey.turns["start"], survey.turns["end"], strict=True)
    _must("\n".join(survey.text[a:b] for a, b in spans) == survey.text, "turns are not the text")
    str(survey.report)


def _must(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(what)
