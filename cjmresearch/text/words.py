"""A text as words with lemmas and the marks between them: what patterns are matched on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import overload

from cjmresearch.text.lemmas import lemmatiser, noun_forms, plural
from cjmresearch.text.speech import FILLER_STARTS, skip_disfluencies, word_set

SENTENCE = "."
CLAUSE = ","
_WORD = r"[^\W_]+(?:\u0301[^\W_]*)*(?:['’][^\W_]+)*"
_WORDS = re.compile(_WORD)
_PIECES = re.compile(
    rf"(?P<word>{_WORD})"
    r"|(?P<sentence>[.!?…]+(?=\s|$|[\"'»”)])|\n)"
    r"|(?P<clause>[,;:(]|(?<=\s)[-–—]+(?=\s)|[«»\"“”])"
)
_PAUSE = re.compile(r"(?:…|\.{2,})(?=\s+[^\W\d_])")
_CLITICS = {"s", "re", "ve", "ll", "d", "m"}
_STEMS = {"ca": "can", "wo": "will", "sha": "shall", "ai": "be"}
# "dont" and its kin, as people type them; "wont" and "shant" are left: they are words.
_APOSTROPHELESS = word_set("do does did is are was were has have had would could should must need")
_TYPED = {f"{verb}nt": verb for verb in _APOSTROPHELESS} | {"cant": "can"}
MOST_FORMS = 200_000


class Form:
    """A form of a word, or a mark: what all its places in all texts share."""

    __slots__ = ("filler", "keys", "lower", "mark")

    def __init__(
        self, lower: str, keys: frozenset[str], mark: str = "", *, filler: bool = False
    ) -> None:
        self.lower, self.keys, self.mark, self.filler = lower, keys, mark, filler


class Word:
    """A word or a mark (`mark` is then "." between sentences, "," between clauses) in its place.

    What is `skip`, a filler, a repetition or a mark around them, parts no words from each other.
    """

    __slots__ = ("end", "form", "keys", "lower", "mark", "skip", "start")

    def __init__(self, start: int, end: int, form: Form) -> None:
        self.start, self.end, self.form, self.skip = start, end, form, False
        self.lower, self.keys, self.mark = form.lower, form.keys, form.mark


_MARKS = {m: Form(m, frozenset(), m) for m in (SENTENCE, CLAUSE)}


class _Forms(dict[str, tuple[Form, ...]]):
    """Forms by the word as it is written, analysed once; begun anew where they are too many."""

    def __init__(self, lemma: Callable[[str], str], fillers: frozenset[str]) -> None:
        self._lemma = lemma
        self._fillers = fillers
        self._known: dict[tuple[str, str], Form] = {}

    def __missing__(self, word: str) -> tuple[Form, ...]:
        if len(self._known) > MOST_FORMS:
            self.clear()
            self._known.clear()
        made = tuple(self.form(lower) for lower in _parts(plain(word)))
        self[word] = made
        return made

    def form(self, lower: str, lemma: str = "") -> Form:
        """Give the form with everything a pattern may call it: itself, its lemmas, `=itself`."""
        form = self._known.get((lower, lemma))
        if form is None:
            keys = {self._lemma(lower), lower, f"={lower}"} | ({lemma} if lemma else set())
            form = Form(lower, frozenset(keys), filler=lower in self._fillers)
            self._known[lower, lemma] = form
        return form


class Layout:
    """Where each form stands in a text, and how many words and marks stand before each place."""

    __slots__ = ("at", "clauses", "said", "sentences")

    def __init__(self, words: Sequence[Word]) -> None:
        self.at: dict[Form, list[int]] = {}
        self.said, self.clauses, self.sentences = [0], [0], [0]
        said = clauses = sentences = 0
        for place, word in enumerate(words):
            if not word.mark:
                self.at.setdefault(word.form, []).append(place)
                said += not word.skip
            elif word.mark == SENTENCE:
                sentences += 1
                clauses += 1
            else:
                clauses += not word.skip
            self.said.append(said)
            self.clauses.append(clauses)
            self.sentences.append(sentences)


class Words(Sequence[Word]):
    """The words and marks of a text; they are placed only when somebody asks for a place."""

    def __init__(self, forms: frozenset[Form], place: Callable[[], list[Word]]) -> None:
        self.forms = forms
        self._place = place
        self._words: list[Word] | None = None
        self._layout: Layout | None = None

    @property
    def placed(self) -> list[Word]:
        """The words in their places."""
        if self._words is None:
            self._words = self._place()
        return self._words

    @property
    def layout(self) -> Layout:
        """Where things stand."""
        if self._layout is None:
            self._layout = Layout(self.placed)
        return self._layout

    @overload
    def __getitem__(self, at: int) -> Word: ...
    @overload
    def __getitem__(self, at: slice) -> list[Word]: ...
    def __getitem__(self, at: int | slice) -> Word | list[Word]:
        return self.placed[at]

    def __len__(self) -> int:
        return len(self.placed)

    def __iter__(self) -> Iterator[Word]:
        return iter(self.placed)


class WordReader:
    """Splits texts of one language into words; every word form is analysed once."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._lemma: Callable[[str], str] = lemmatiser(language)
        self._forms = _Forms(self._lemma, FILLER_STARTS[language])
        self._last: tuple[str, Words] = ("", Words(frozenset(), list))

    def meant(self, word: str) -> frozenset[str]:
        """Give what a word of a pattern stands for.

        A Russian word stands for its lemma, in whatever form it is written, and a noun also for
        those of its forms that are read as another word first («случаем»); an English one for the
        words whose lemma it is, because "packaging" must not mean every "package", and for its
        regular plural, which no table has for a new word.
        """
        if self._language == "en":
            return frozenset((word, plural(word)))
        lemma = self._lemma(word)
        return frozenset((lemma, word, *noun_forms(lemma)))

    def read(self, text: str, lemmas: Mapping[int, str] | None = None) -> Words:
        """Split a text; `lemmas` of another pipeline, by the start of the word, are added."""
        if lemmas is not None:
            placed = self._placed(text, lemmas)
            return Words(frozenset(w.form for w in placed), lambda: placed)
        if text != self._last[0]:
            forms = chain.from_iterable(map(self._forms.__getitem__, _WORDS.findall(text)))
            self._last = (text, Words(frozenset(forms), lambda: self._placed(text, {})))
        return self._last[1]

    def forms(self, token: str) -> tuple[Form, ...]:
        """Give the forms in a token of another tokeniser."""
        return tuple(chain.from_iterable(map(self._forms.__getitem__, _WORDS.findall(token))))

    def known(self, text: Callable[[], str], forms: Iterable[Form]) -> Words:
        """Give the words of a text whose forms another tokeniser has found."""
        return Words(frozenset(forms), lambda: self._placed(text(), {}))

    def _placed(self, text: str, lemmas: Mapping[int, str]) -> list[Word]:
        words: list[Word] = []
        before, stop, disfluent = None, 0, False
        for match in _PIECES.finditer(text):
            start, end = match.span()
            if match.lastgroup != "word":
                words.append(_mark(match, text))
                continue
            forms: Iterable[Form] = self._forms[match.group()]
            if start in lemmas:
                lemma = plain(lemmas[start])
                forms = [self._forms.form(f.lower, lemma) for f in forms]
            for form in forms:
                words.append(Word(start, end, form))
                broken_off = start - stop == 2 and text[stop] in "-–—"
                disfluent = disfluent or form.filler or form is before or broken_off
                before, stop = form, end
        if disfluent:
            skip_disfluencies(words, text, self._language)
        return words


def _mark(match: re.Match[str], text: str) -> Word:
    """Place a mark: «личный... кабинет» is a pause, which parts nothing, not an end."""
    start, end = match.span()
    if match.lastgroup == "clause":
        return Word(start, end, _MARKS[CLAUSE])
    pause = _PAUSE.match(text, start)
    if pause is None or not text[pause.end() :].lstrip()[0].islower():
        return Word(start, end, _MARKS[SENTENCE])
    word = Word(start, end, _MARKS[CLAUSE])
    word.skip = True
    return word


def plain(word: str) -> str:
    """Lower case, ё as е, one apostrophe, no stress mark."""
    return word.lower().replace("ё", "е").replace("’", "'").replace("\u0301", "")


def _parts(word: str) -> Iterator[str]:
    """`didn't` is two words, did + not; `'s` and its kind say nothing here."""
    if word.endswith("n't"):
        stem = word[:-3]
        yield _STEMS.get(stem, stem)
        yield "not"
    elif "'" in word:
        pieces = word.split("'")
        yield from (p for i, p in enumerate(pieces) if p and (i == 0 or p not in _CLITICS))
    elif word == "cannot":
        yield from ("can", "not")
    elif word in _TYPED:
        yield from (_TYPED[word], "not")
    else:
        yield word
