"""From the columns of a model to the labels that people use, by `data/schemes.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from cjmresearch.errors import ModelError

SCHEMES_FILE = Path(__file__).with_name("data") / "schemes.yaml"
SCHEMES = ("cx11", "goemotions28", "ekman7", "cedr5")
WEAK_VALENCE = 0.3
"""Below this distance from 0 the valence of a text doesn't veto a label of the other sign."""


@dataclass(frozen=True)
class Label:
    """One label made of others: where its score comes from, and with which sign it agrees."""

    name: str
    sources: Mapping[str, float]
    cues: tuple[tuple[float, re.Pattern[str]], ...] = ()
    sign: int = 0


@dataclass(frozen=True)
class Scheme:
    """A set of labels over the heads of a model; `head` is set where it shows one head as it is."""

    name: str
    labels: tuple[Label, ...] = ()
    head: str | None = None
    otherwise: str = "none"

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
            if source not in probabilities:
                raise ModelError(
                    f"scheme {self.name}, label {label.name}: the model has no {source!r}; "
                    f"it has {', '.join(probabilities)}"
                )
            against *= 1 - weight * probabilities[source]
        agrees = (np.abs(valence) < WEAK_VALENCE) | (np.sign(valence) == label.sign)
        for probability, pattern in label.cues:
            found = np.fromiter((bool(pattern.search(text)) for text in texts), bool, len(texts))
            against[found & agrees] *= 1 - probability
        return 1 - against


def scheme(name: str, heads: Mapping[str, Sequence[str]]) -> Scheme:
    """Give a shipped scheme over the heads of a model; `ModelError` names the known ones."""
    if name not in SCHEMES:
        raise ModelError(f"no scheme {name!r}; known: {', '.join(SCHEMES)}")
    return parse(name, _shipped()[name], heads)


@cache
def _shipped() -> dict[str, Any]:
    return yaml.safe_load(SCHEMES_FILE.read_text(encoding="utf-8"))


def parse(name: str, entry: Mapping[str, Any], heads: Mapping[str, Sequence[str]]) -> Scheme:
    """Read one entry of a schemes file; see the head of `data/schemes.yaml` for its form."""
    otherwise = entry.get("otherwise", "none")
    head = entry.get("head")
    if head:
        labels = tuple(Label(label, {f"{head}.{label}": 1.0}) for label in heads[head])
        return Scheme(name, labels, head, otherwise)
    labels = tuple(_label(name, label, given) for label, given in entry["labels"].items())
    return Scheme(name, labels, None, otherwise)


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
    return Label(name, sources, cues, int(given.get("sign", 0)))
