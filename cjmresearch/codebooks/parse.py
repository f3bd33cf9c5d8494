"""One codebook file -> `Codebook`; every problem is reported at once, each with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cjmresearch.codebooks.syntax import expand
from cjmresearch.errors import CodebookError
from cjmresearch.schema import CHANNELS, CODE_KINDS, OWNERSHIPS

LANGUAGES = ("ru", "en")
_SLUG = re.compile(r"[a-z][a-z0-9_]*")
_QUALIFIED = re.compile(r"[a-z][a-z0-9_]*:[a-z][a-z0-9_]*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_CANONICAL = re.compile(r"c(1[0-4]|[0-9])\*?")


@dataclass(frozen=True)
class Code:
    """One code of a codebook; `slug` is the short form, without the scheme."""

    slug: str
    kind: str
    name_ru: str
    name_en: str
    line: int
    source: str | None = None
    definition_ru: str | None = None
    definition_en: str | None = None
    goal_ru: str | None = None
    goal_en: str | None = None
    quote: str | None = None
    colour: str | None = None
    key: str | None = None
    valence: float | None = None
    channel: str | None = None
    ownership: str | None = None
    parent: str | None = None
    like: str | None = None
    """A code of a shipped scheme whose patterns this one borrows, e.g. `b2b8:purchase`."""
    canonical: tuple[str, ...] = ()
    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    questions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def definition(self) -> str | None:
        """Both languages in one text, `ru / en`: search and few-shot models read it as it is."""
        parts = [p for p in (self.definition_ru, self.definition_en) if p]
        return " / ".join(parts) or None


@dataclass(frozen=True)
class Edge:
    """A way from one stage to another that isn't simply the next one."""

    source: str
    target: str
    note: str | None = None


@dataclass(frozen=True)
class Codebook:
    """A scheme: its codes in order, where it comes from, and its non-linear edges."""

    path: str
    scheme: str
    name_ru: str
    name_en: str
    source: str
    codes: tuple[Code, ...]
    note: str | None = None
    confidence: float = 0.5
    edges: tuple[Edge, ...] = ()


class _Problems:
    """Collects problems by line; each `want_*` gives a value or a harmless substitute."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def add(self, node: yaml.Node, text: str) -> None:
        self.found.append((_line(node), text))

    def fields(self, node: yaml.Node, what: str, allowed: tuple[str, ...]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self.add(node, f"{what} must be fields `name: value`, one of {', '.join(allowed)}")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name not in allowed:
                self.add(key, f"unknown field {name!r} of {what}; allowed: {', '.join(allowed)}")
            elif name in found:
                self.add(key, f"field {name!r} of {what} stands twice; keep one")
            else:
                found[name] = value
        return found

    def text(self, node: yaml.Node, name: str, allowed: tuple[str, ...] = ()) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self.add(node, f"{name} must be a text that is not empty")
            return ""
        value = node.value.strip()
        if allowed and value not in allowed:
            self.add(node, f"{name} is {value!r}, allowed: {', '.join(allowed)}")
        return value

    def shaped(self, node: yaml.Node, name: str, shape: re.Pattern[str], hint: str) -> str:
        value = self.text(node, name)
        if value and not shape.fullmatch(value):
            self.add(node, f"{name} is {value!r}; write {hint}")
        return value

    def number(self, node: yaml.Node, name: str, low: float, high: float) -> float:
        value = self.text(node, name)
        try:
            number = float(value)
        except ValueError:
            if value:
                self.add(node, f"{name} is {value!r}, not a number from {low:g} to {high:g}")
            return low
        if not low <= number <= high:
            self.add(node, f"{name} is {value}, not from {low:g} to {high:g}")
        return number

    def items(self, node: yaml.Node, name: str) -> list[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        self.add(node, f"{name} must be a list")
        return []

    def patterns(self, node: yaml.Node, name: str) -> dict[str, tuple[str, ...]]:
        found = self.fields(node, name, LANGUAGES)
        return {
            language: tuple(self._pattern(item, name) for item in self.items(value, name))
            for language, value in found.items()
        }

    def _pattern(self, node: yaml.Node, name: str) -> str:
        value = self.text(node, name)
        try:
            expand(value.removeprefix("~"))
        except ValueError as error:
            if value:
                self.add(node, f"pattern {value!r}: {error}")
        return value


def parse(text: str, path: str | Path) -> Codebook:
    """Make a codebook of YAML; `CodebookError` lists all problems as `file, line n: ...`."""
    problems = _Problems()
    book = _book(compose(text, path), problems, str(path))
    if problems.found:
        lines = [f"{path}, line {line}: {text}" for line, text in sorted(problems.found)]
        raise CodebookError("\n".join(lines))
    return book


def compose(text: str, path: str | Path) -> yaml.Node:
    """Give the nodes of a YAML file, with their lines; aliases are refused."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise CodebookError(f"{path}, line {line}: aliases (*name) are not allowed")
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path}, line {mark.line + 1}" if mark else str(path)
        raise CodebookError(f"{place}: not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise CodebookError(f"{path}: not YAML: {' '.join(str(error).split())}") from None
    if root is None:
        raise CodebookError(f"{path}, line 1: the file is empty; it needs scheme, kind and codes")
    return root


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1 if node.start_mark else 1


_BOOK_TEXTS = ("name_ru", "name_en", "source", "note")
_BOOK = ("scheme", "kind", *_BOOK_TEXTS, "confidence", "codes", "edges")
_CODE_TEXTS = (
    "name_ru",
    "name_en",
    "source",
    "definition_ru",
    "definition_en",
    "goal_ru",
    "goal_en",
    "quote",
    "key",
)

_Reader = Callable[[_Problems, yaml.Node], Any]
_CODE: dict[str, _Reader] = {
    "slug": lambda p, n: p.shaped(n, "slug", _SLUG, "small Latin letters, digits and _"),
    "kind": lambda p, n: p.text(n, "kind", CODE_KINDS),
    **{
        name: lambda p, n, name=name: p.text(n, name)  # type: ignore[misc]
        for name in _CODE_TEXTS
    },
    "colour": lambda p, n: p.shaped(n, "colour", _COLOUR, "#rrggbb in quotes"),
    "valence": lambda p, n: p.number(n, "valence", -1, 1),
    "channel": lambda p, n: p.text(n, "channel", CHANNELS),
    "ownership": lambda p, n: p.text(n, "ownership", OWNERSHIPS),
    "parent": lambda p, n: p.shaped(n, "parent", _SLUG, "the slug of a code of this file"),
    "like": lambda p, n: p.shaped(n, "like", _QUALIFIED, "scheme:slug of a shipped code"),
    "canonical": lambda p, n: tuple(
        p.shaped(i, "canonical", _CANONICAL, "c0 ... c14, with * where the match is approximate")
        for i in p.items(n, "canonical")
    ),
    "patterns": lambda p, n: p.patterns(n, "patterns"),
    "questions": lambda p, n: p.patterns(n, "questions"),
}


def _book(root: yaml.Node, problems: _Problems, path: str) -> Codebook:
    found = problems.fields(root, "a codebook", _BOOK)
    missing = [n for n in ("scheme", "name_ru", "name_en", "source", "codes") if n not in found]
    if missing and found:
        problems.add(root, f"a codebook lacks {', '.join(missing)}")
    scheme = ""
    if "scheme" in found:
        hint = "small Latin letters, digits and _"
        scheme = problems.shaped(found["scheme"], "scheme", _SLUG, hint)
    kind = problems.text(found["kind"], "kind", CODE_KINDS) if "kind" in found else None
    texts = {n: problems.text(found[n], n) for n in _BOOK_TEXTS if n in found}
    if "confidence" in found:
        confidence = problems.number(found["confidence"], "confidence", 0, 1)
    else:
        confidence = Codebook.confidence
    nodes = problems.items(found["codes"], "codes") if "codes" in found else []
    codes = tuple(_code(node, problems, kind) for node in nodes)
    _check_codes(codes, nodes, problems)
    edge_nodes = problems.items(found["edges"], "edges") if "edges" in found else []
    edges = tuple(_edge(node, problems, {c.slug for c in codes}) for node in edge_nodes)
    return Codebook(
        path=path,
        scheme=scheme,
        name_ru=texts.get("name_ru", ""),
        name_en=texts.get("name_en", ""),
        source=texts.get("source", ""),
        note=texts.get("note"),
        confidence=confidence,
        codes=codes,
        edges=edges,
    )


def _code(node: yaml.Node, problems: _Problems, kind: str | None) -> Code:
    found = problems.fields(node, "a code", tuple(_CODE))
    values = {name: _CODE[name](problems, value) for name, value in found.items()}
    missing = [n for n in ("slug", "name_ru", "name_en") if n not in found]
    if missing and found:
        problems.add(node, f"a code lacks {', '.join(missing)}")
    if kind is None and "kind" not in found:
        problems.add(node, "kind is given neither by the codebook nor by the code")
    return Code(
        **{
            "kind": kind or "",
            "slug": "",
            "name_ru": "",
            "name_en": "",
            **values,
            "line": _line(node),
        }
    )


def _check_codes(codes: tuple[Code, ...], nodes: list[yaml.Node], problems: _Problems) -> None:
    seen: dict[str, set[str]] = {"slug": set(), "key": set()}
    slugs = {c.slug for c in codes}
    for code, node in zip(codes, nodes, strict=True):
        for name, values in seen.items():
            value = getattr(code, name)
            if value and value in values:
                problems.add(node, f"{name} {value!r} stands twice")
            values.add(value)
        if code.parent and code.parent not in slugs:
            problems.add(node, f"parent {code.parent!r} is no code of this file")


def _edge(node: yaml.Node, problems: _Problems, slugs: set[str]) -> Edge:
    found = problems.fields(node, "an edge", ("from", "to", "note"))
    ends = []
    for name in ("from", "to"):
        if name not in found:
            problems.add(node, f"an edge lacks {name}")
            ends.append("")
            continue
        ends.append(problems.text(found[name], name, tuple(sorted(slugs))))
    note = problems.text(found["note"], "note") if "note" in found else None
    return Edge(ends[0], ends[1], note)
