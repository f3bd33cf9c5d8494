"""A text as words with lemmas and the marks between them: what patterns are matched on."""

from __future__ import annotations

import re
from collections import defaultdict
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
_IS_WORD = _PIECES.groupindex["word"]
_PAUSE = re.compile(r"(?:…|\.{2,})(?=\s+[^\W\d_])")
_CLITICS = {"s", "re", "ve", "ll", "d", "m"}
_STEMS = {"ca": "can", "wo": "will", "sha": "shall", "ai": "be"}
# "dont" and its kin, as people type them; "wont" and "shant" are left: they are words.
_APOSTROPHELESS = word_set("do does did is are was were has have had would could should must need")
_TYPED = {f"{verb}nt": verb for verb in _APOSTROPHELESS} | {"cant": "can"}
MOST_FORMS = 2**13
"""Forms that are kept: about 10 MB a language, and the words that make up nearly all talk."""


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


class Vocabulary(dict[Form, frozenset[int]]):
    """Which numbered sets of words a form is in: asked once a form, for all patterns."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[frozenset[str], tuple[str, ...]], int] = {}
        self._by_key: dict[str, list[int]] = defaultdict(list)
        self._by_prefix: dict[str, list[int]] = defaultdict(list)
        self.sizes: list[int] = []

    def number(self, keys: frozenset[str], prefixes: tuple[str, ...]) -> int:
        """Give the number of a set of words: their keys, and beginnings of forms."""
        known = self._numbers.setdefault((keys, prefixes), len(self._numbers))
        if known == len(self.sizes):
            self.clear()
            self.sizes.append(len(keys) + len(prefixes))
            for key in keys:
                self._by_key[key].append(known)
            for prefix in prefixes:
                self._by_prefix[prefix].append(known)
        return known

    def present(self, forms: Iterable[Form]) -> set[int]:
        """Give the numbers of all sets that one of the forms is in."""
        return set().union(*map(self.__getitem__, forms))

    def __missing__(self, form: Form) -> frozenset[int]:
        if len(self) > MOST_FORMS:
            self.clear()
        numbers = {n for key in form.keys for n in self._by_key.get(key, ())}
        for length in range(2, len(form.lower) + 1) if not form.mark else ():
            numbers.update(self._by_prefix.get(form.lower[:length], ()))
        self[form] = found = frozenset(numbers)
        return found


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

    def __init__(
        self, forms: Iterable[Form], place: Callable[[], list[Word]], vocabulary: Vocabulary
    ) -> None:
        self._forms = forms
        self._place = place
        self._vocabulary = vocabulary
        self._known = -1
        self._present: set[int] = set()
        self._words: list[Word] | None = None
        self._layout: Layout | None = None

    @property
    def present(self) -> set[int]:
        """The numbered sets of words that one of the words is in."""
        if self._known != len(self._vocabulary.sizes):
            self._known = len(self._vocabulary.sizes)
            self._present = self._vocabulary.present(self._forms)
        return self._present

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
        self.vocabulary = Vocabulary()
        self._last: tuple[str, Words] = ("", self.known(str, ()))

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
            return Words({w.form for w in placed}, lambda: placed, self.vocabulary)
        if text != self._last[0]:
            forms = chain.from_iterable(map(self._forms.__getitem__, _WORDS.findall(text)))
            self._last = (text, self.known(lambda: text, forms))
        return self._last[1]

    def forms(self, token: str) -> tuple[Form, ...]:
        """Give the forms in a token of another tokeniser."""
        return tuple(chain.from_iterable(map(self._forms.__getitem__, _WORDS.findall(token))))

    def known(self, text: Callable[[], str], forms: Iterable[Form]) -> Words:
        """Give the words of a text whose forms another tokeniser has found."""
        return Words(frozenset(forms), lambda: self._placed(text(), {}), self.vocabulary)

    def _placed(self, text: str, lemmas: Mapping[int, str]) -> list[Word]:
        words: list[Word] = []
        add, known = words.append, self._forms
        before, stop, disfluent = "", 0, False
        for match in _PIECES.finditer(text):
            if match.lastindex != _IS_WORD:
                add(_mark(match, text))
                continue
            start, end = match.span()
            forms: Iterable[Form] = known[text[start:end]]
            if lemmas and start in lemmas:
                lemma = plain(lemmas[start])
                forms = [known.form(f.lower, lemma) for f in forms]
            for form in forms:
                add(Word(start, end, form))
                if not disfluent:
                    broken_off = start - stop == 2 and text[stop] in "-–—"
                    disfluent = form.filler or form.lower == before or broken_off
                before, stop = form.lower, end
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
