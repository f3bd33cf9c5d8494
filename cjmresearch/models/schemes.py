"""From the columns of a model to the labels that people use, by `data/schemes.yaml`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from cjmresearch.errors import ModelError

SCHEMES_FILE = Path(__file__).with_name("data") / "schemes.yaml"
SCHEMES = ("cx11", "goemotions28", "ekman7", "group4", "cedr5", "cedr6", "brighter6")
_ESCAPE = re.compile(r"\\(?:x..|u.{4}|U.{8}|N\{[^}]*\}|[0-7]{1,3}|.)", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_GROUP = re.compile(r"\([^()]*\)")
_PERHAPS = re.compile(r"[^\0]?(?:[?*]|\{[^}]*\})[+?]?|[.^$+]")
UNMEASURED = 0.5
"""Threshold of a label that nobody has chosen one for."""
WEAK_VALENCE = 0.3
"""Below this distance from 0 the valence of a text doesn't veto a label of the other sign."""


@dataclass(frozen=True)
class Label:
    """One label made of others: where its score comes from, and with which sign it agrees.

    `threshold` is the smallest score at which it is given, None for the one of the model.
    """

    name: str
    sources: Mapping[str, float]
    cues: tuple[tuple[float, re.Pattern[str]], ...] = ()
    sign: int = 0
    threshold: float | None = None


@dataclass(frozen=True)
class Scheme:
    """A set of labels over the heads of a model; `head` is set where it shows one head as it is.

    `silence` names the label of the head that means none of the others; with `says_silence` it
    is given as a label of its own, the last, else the list of labels is left empty.
    """

    name: str
    labels: tuple[Label, ...] = ()
    head: str | None = None
    otherwise: str = "none"
    silence: str | None = None
    says_silence: bool = False
    own: bool = False

    def decide(
        self,
        scores: np.ndarray,
        least: np.ndarray,
        *,
        silence: np.ndarray | None,
        table: Mapping[str, float],
    ) -> np.ndarray:
        """Mark the labels that are given: bool (n_texts, n_labels).

        `least` holds thresholds, (n_labels,) or a row a text. With `silence`, the probability of
        none of the labels, nothing is given from `table["_silent"]` on, and below
        `table["_said"]` at least the label that comes nearest to its threshold.
        """
        if self.says_silence:
            feelings = replace(self, labels=self.labels[:-1], says_silence=False)
            marks = feelings.decide(scores[:, :-1], least[..., :-1], silence=silence, table=table)
            return np.column_stack([marks, ~marks.any(axis=1)])
        marks = scores >= least
        if silence is not None:
            marks[silence >= table["_silent"]] = False
        unsure = np.ones(len(marks), bool) if silence is None else silence < table["_said"]
        if silence is not None or self.otherwise == "best":
            empty = unsure & ~marks.any(axis=1)
            nearest = scores / least if silence is not None else scores
            marks[empty, nearest[empty].argmax(axis=1)] = True
        return marks

    def scores(
        self,
        probabilities: Mapping[str, np.ndarray],
        texts: Sequence[str],
        valence: np.ndarray,
    ) -> np.ndarray:
        """Score the texts: (n_texts, n_labels), 0 to 1.

        `probabilities` maps `HEAD.LABEL` to a column; `valence` is (n_texts,), -1 to 1.
        """
        columns = [self._score(label, probabilities, texts, valence) for label in self.labels]
        return np.column_stack(columns) if columns else np.zeros((len(texts), 0))

    def _score(
        self,
        label: Label,
        probabilities: Mapping[str, np.ndarray],
        texts: Sequence[str],
        valence: np.ndarray,
    ) -> np.ndarray:
        against = np.ones(len(texts))
        for source, weight in label.sources.items():
            _check_source(source, probabilities.keys(), self.name, label.name)
            against *= 1 - weight * probabilities[source]
        agrees = (np.abs(valence) < WEAK_VALENCE) | (np.sign(valence) == label.sign)
        for probability, pattern in label.cues:
            needed = always_there(pattern)
            found = np.fromiter(
                (needed in text and pattern.search(text) is not None for text in texts),
                bool,
                len(texts),
            )
            against[found & agrees] *= 1 - probability
        return 1 - against


@cache
def always_there(pattern: re.Pattern[str]) -> str:
    """Give the longest string that is sure to stand in whatever a pattern finds, or "".

    Few texts have it, and a string is looked for many times faster than a pattern.
    """
    if pattern.flags & (re.IGNORECASE | re.VERBOSE):
        return ""
    sure = _CLASS.sub("\0", _ESCAPE.sub("\0", pattern.pattern))
    while (rest := _GROUP.sub("\0", sure)) != sure:
        sure = rest
    if not {"|", "(", ")"}.isdisjoint(sure):
        return ""
    return max(_PERHAPS.sub("\0", sure).split("\0"), key=len)


def scheme(name: str | Path, heads: Mapping[str, Sequence[str]]) -> Scheme:
    """Give a shipped scheme by name, or the one of a YAML file of your own by its path.

    The file looks like one entry of `data/schemes.yaml`, with `name`, and may give a `threshold`
    for each label. `ModelError` names the known schemes, or what is wrong in the file.
    """
    if str(name) in SCHEMES:
        return parse(str(name), _shipped()[str(name)], heads)
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        raise ModelError(
            f"no scheme {str(name)!r}; known: {', '.join(SCHEMES)}, or the path of a .yaml file"
        )
    try:
        entry = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{path}: no such file") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: not YAML ({' '.join(str(error).split())})") from error
    if not isinstance(entry, dict) or not isinstance(entry.get("labels"), dict):
        raise ModelError(f"{path}: no `labels`; write it as an entry of schemes.yaml")
    found = replace(parse(str(entry.get("name", path.stem)), entry, heads), own=True)
    known = {f"{head}.{label}" for head, labels in heads.items() for label in labels}
    for label in found.labels:
        for source in label.sources:
            _check_source(source, known, found.name, label.name)
    return found


@cache
def _shipped() -> dict[str, Any]:
    return yaml.safe_load(SCHEMES_FILE.read_text(encoding="utf-8"))


def parse(name: str, entry: Mapping[str, Any], heads: Mapping[str, Sequence[str]]) -> Scheme:
    """Read one entry of a schemes file; see the head of `data/schemes.yaml` for its form."""
    otherwise = entry.get("otherwise", "none")
    head, silence = entry.get("head"), entry.get("silence")
    if head:
        says = bool(entry.get("says_silence", False))
        names = [x for x in heads[head] if x != silence]
        names += [str(silence)] * says
        labels = tuple(Label(label, {f"{head}.{label}": 1.0}) for label in names)
        return Scheme(name, labels, head, otherwise, silence, says)
    labels = tuple(_label(name, label, given or {}) for label, given in entry["labels"].items())
    return Scheme(name, labels, None, otherwise)


def _check_source(source: str, known: Collection[str], scheme_name: str, label: str) -> None:
    if source not in known:
        raise ModelError(
            f"scheme {scheme_name}, label {label}: the model has no {source!r}; "
            f"it has {', '.join(sorted(known))}"
        )


def _label(scheme_name: str, name: str, given: Mapping[str, Any]) -> Label:
    try:
        cues = tuple(
            (float(probability), re.compile(pattern))
            for probability, patterns in (given.get("cues") or {}).items()
            for pattern in patterns
        )
    except re.error as error:
        raise ModelError(
            f"scheme {scheme_name}, label {name}: {error.pattern!r} is not a regular expression "
            f"({error.msg}); correct it in {SCHEMES_FILE.name}"
        ) from error
    sources = {source: float(weight) for source, weight in (given.get("from") or {}).items()}
    threshold = given.get("threshold")
    return Label(
        name,
        sources,
        cues,
        int(given.get("sign", 0)),
        None if threshold is None else float(threshold),
    )
