"""The emotion model as a tagger: feelings with a valence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cjmresearch.models.emotion import EmotionModel
from cjmresearch.models.tagging import Batch, Found, Heard

CLEAR = 0.2
"""From this distance from 0 a valence is clear enough to veto a feeling of the other sign."""


@dataclass(frozen=True)
class Feelings:
    """Suggests `feelings:<label>`; `threshold` replaces the learned ones."""

    model: EmotionModel
    threshold: float | None = None

    @property
    def coder(self) -> str:
        """Name and version of the model, as `model:emotion-3`."""
        return f"model:{self.model.version}"

    def suggest(self, batch: Batch) -> Iterator[Found]:
        """Suggest feelings; one that contradicts a clear valence of its segment is left out."""
        model = replace(self.model, encoder=batch.shared(self.model.encoder))
        reading = model.read(batch.texts)
        scores = model.scores(reading)
        signs = {label.name: label.sign for label in model.scheme.labels}
        chosen = model.choose(scores, reading, threshold=self.threshold)
        for at, labels in enumerate(chosen):
            if batch.brief[at]:
                continue
            valence = float(reading.valence[at])
            for label in labels:
                if abs(valence) >= CLEAR and signs[label] * valence < 0:
                    continue
                score = float(scores[at, model.labels.index(label)])
                yield Found(at, f"feelings:{label}", score, valence=valence)

    def finish(self, found: list[Found], heard: Heard) -> list[Found]:
        """Leave the suggestions as they are."""
        return found
