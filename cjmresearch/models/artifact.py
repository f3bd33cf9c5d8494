"""A classifier on disk: numbers in `NAME.npz`, everything readable in `NAME.json`, no pickle.

The JSON holds the SHA-256 of the numbers; `read` refuses a file that doesn't match. Weights are
8-bit on a square-root scale (small weights keep their precision) or 16-bit floats.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cjmresearch.errors import ModelError
from cjmresearch.models.features import TextFeatures

LANGUAGES = ("en", "ru")
"""Groups with a calibration of their own; the script of the letters decides."""


@dataclass(frozen=True)
class Head:
    """Columns of the model that answer one question: a sigmoid each, or one softmax together.

    `mix` names for each label those of `goemotions28` that make it up; their probability that
    any holds enters the calibration beside the label's own logit. Empty where there are none.
    """

    name: str
    labels: tuple[str, ...]
    link: str
    first: int
    mix: tuple[tuple[str, ...], ...] = ()

    @property
    def columns(self) -> slice:
        """Where the labels of this head are among all columns."""
        return slice(self.first, self.first + len(self.labels))


@dataclass(frozen=True)
class Weights:
    """All numbers of a classifier.

    `coef` has a row for each word term, then each piece of a word, then each dimension of the
    encoder; a column for each label of each head. `platt` (language, column, 3) holds slope and
    intercept on the logit, and the slope on the logit of the label's mix; for a softmax head the
    first is the inverse temperature.
    """

    blocks: tuple[TextFeatures, ...]
    encoder_scale: float
    coef: np.ndarray
    bias: np.ndarray
    platt: np.ndarray
    heads: tuple[Head, ...]

    def head(self, name: str) -> Head:
        """Give a head by name."""
        return next(head for head in self.heads if head.name == name)


def save(weights: Weights, path: Path, meta: dict[str, Any], *, bits: int = 8) -> str:
    """Write `path`.npz and `path`.json; returns the SHA-256 of the npz.

    `bits` is 8 or 16. The same weights give the same bytes.
    """
    arrays: dict[str, np.ndarray] = {"bias": weights.bias.astype(np.float32)}
    arrays["platt"] = weights.platt.astype(np.float32)
    for block in weights.blocks:
        arrays[f"terms_{block.kind}"] = np.frombuffer("\n".join(block.terms).encode(), np.uint8)
        arrays[f"idf_{block.kind}"] = block.idf.astype(np.float32)
    for name, rows in _parts(weights).items():
        part = weights.coef[rows]
        if bits == 16:
            arrays[f"coef_{name}"] = part.astype(np.float16)
        else:
            packed, scale = _pack(part)
            arrays[f"coef_{name}"], arrays[f"scale_{name}"] = packed, scale
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    heads = [
        {"name": h.name, "labels": h.labels, "link": h.link, "mix": h.mix} for h in weights.heads
    ]
    document = {
        "sha256": digest,
        "blocks": [block.kind for block in weights.blocks],
        "encoder_scale": weights.encoder_scale,
        "heads": heads,
        **meta,
    }
    path.with_suffix(".npz").write_bytes(buffer.getvalue())
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    path.with_suffix(".json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return digest


def read(path: Path) -> tuple[Weights, dict[str, Any]]:
    """Read what `save` wrote; gives the weights and the whole JSON.

    `ModelError` in one line where a file is missing, is not JSON or doesn't match its hash.
    """
    numbers, description = path.with_suffix(".npz"), path.with_suffix(".json")
    try:
        meta = json.loads(description.read_text(encoding="utf-8"))
        content = numbers.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f"{error.filename}: no such model file; reinstall cjmresearch") from error
    except ValueError as error:
        raise ModelError(f"{description}: not JSON ({error}); reinstall cjmresearch") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != meta.get("sha256"):
        raise ModelError(
            f"{numbers}: SHA-256 is {digest[:12]}…, {description.name} expects "
            f"{str(meta.get('sha256'))[:12]}…: the file is damaged; reinstall cjmresearch"
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return _unpack(dict(arrays), meta), meta


def _unpack(arrays: dict[str, np.ndarray], meta: dict[str, Any]) -> Weights:
    blocks = tuple(
        TextFeatures(
            kind,
            tuple(arrays[f"terms_{kind}"].tobytes().decode().split("\n")),
            arrays[f"idf_{kind}"].astype(np.float64),
        )
        for kind in meta["blocks"]
    )
    parts = []
    for name in (*meta["blocks"], "encoder"):
        part = arrays[f"coef_{name}"].astype(np.float32)
        if f"scale_{name}" in arrays:
            part *= np.abs(part)
            part *= arrays[f"scale_{name}"] / np.float32(127**2)
        parts.append(part)
    heads, first = [], 0
    for head in meta["heads"]:
        mix = tuple(tuple(names) for names in head.get("mix", ()))
        heads.append(Head(head["name"], tuple(head["labels"]), head["link"], first, mix))
        first += len(head["labels"])
    return Weights(
        blocks=blocks,
        encoder_scale=float(meta["encoder_scale"]),
        coef=np.vstack(parts),
        bias=arrays["bias"],
        platt=arrays["platt"],
        heads=tuple(heads),
    )


def _parts(weights: Weights) -> dict[str, slice]:
    parts, first = {}, 0
    for block in weights.blocks:
        parts[block.kind] = slice(first, first + len(block))
        first += len(block)
    parts["encoder"] = slice(first, len(weights.coef))
    return parts


def _pack(part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    largest = np.abs(part).max(axis=0, initial=0.0)
    scale = np.where(largest > 0, largest, 1.0).astype(np.float32)
    packed = np.sign(part) * np.rint(127 * np.sqrt(np.abs(part) / scale))
    return packed.astype(np.int8), scale
