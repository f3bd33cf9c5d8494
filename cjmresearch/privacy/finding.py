"""Find who and what is named in texts, and say which mentions name the same one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from cjmresearch.errors import CjmError
from cjmresearch.privacy.english import find_english
from cjmresearch.privacy.linking import keys_of
from cjmresearch.privacy.mention import Mention, without_overlaps
from cjmresearch.privacy.patterns import core, find_patterns
from cjmresearch.privacy.russian import find_russian
from cjmresearch.privacy.surnames import settled
from cjmresearch.schema import Study

COLUMNS = {
    "source_id": "str",
    "start": "int64",
    "end": "int64",
    "text": "str",
    "kind": "str",
    "key": "str",
    "confidence": "float64",
}


def find(texts: Study | Mapping[str, str] | Iterable[str]) -> pd.DataFrame:
    """Find people, organisations, contacts, addresses, documents and links.

    Parameters
    ----------
    texts
        A study (its current texts), texts by source_id, or texts in a row (the ids are 0, 1, …).

    Returns
    -------
    DataFrame
        One row a mention: source_id (str), start and end (code points, half open), text, kind
        (person, organisation, phone, email, address, document, link), key (who or what is meant:
        the same for all cases, short forms and initials of one person), confidence (0 to 1, a rank
        and not a probability). In the order of the texts.
    """
    given = _texts(texts)
    found = mentions(given)
    keys = keys_of(found)
    rows = [
        (source, m.start, m.end, m.text, m.kind, key, m.confidence)
        for source, group in found.items()
        for m, key in zip(group, keys[source], strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _texts(texts: Study | Mapping[str, str] | Iterable[str]) -> dict[str, str]:
    if isinstance(texts, Study):
        return {str(k): v for k, v in texts.current_texts.items()}
    if isinstance(texts, str):
        raise CjmError("find takes several texts: give [text], texts by source_id or a study")
    if isinstance(texts, Mapping):
        return {str(k): v for k, v in texts.items()}
    return {str(i): text for i, text in enumerate(texts)}


def mentions(texts: Mapping[str, str]) -> dict[str, list[Mention]]:
    """Find the mentions of each text, sorted and without overlaps."""
    forms = {source: list(find_patterns(text)) for source, text in texts.items()}
    firms = {core(m.text) for group in forms.values() for m in group if m.kind == "organisation"}
    again = _named_again(firms)
    found = {
        source: without_overlaps(
            [*forms[source], *again_in(text, again), *find_russian(text), *find_english(text)]
        )
        for source, text in texts.items()
    }
    return settled(texts, found)


def _named_again(firms: set[str]) -> re.Pattern[str] | None:
    """Pattern of firms named again without their form: in quotes, in Latin letters, hyphened."""
    latin = [f for f in firms if len(f) > 3 and re.match(r"[a-z]|[а-яё]+-[а-яё]", f)]
    quoted = [f for f in firms if len(f) > 2]
    if not quoted:
        return None
    parts = [rf"«(?:{'|'.join(map(re.escape, sorted(quoted, key=len, reverse=True)))})»"]
    parts += [rf"\b{re.escape(f)}\b" for f in sorted(latin, key=len, reverse=True)]
    return re.compile("|".join(parts), re.IGNORECASE)


def again_in(text: str, pattern: re.Pattern[str] | None) -> Iterable[Mention]:
    """Give the mentions of known firms by their bare name, where it is written like a name."""
    for match in pattern.finditer(text) if pattern else ():
        found = match.group()
        if found[0] in "«" or found[0].isupper():
            yield Mention(match.start(), match.end(), found, "organisation", 0.8)
