"""Russian or English, by the share of the scripts."""

from __future__ import annotations

from collections import Counter

_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_NOTABLE = 0.1


def detect(text: str) -> tuple[str | None, str | None]:
    """Language of the majority of letters, and a remark where the other has its share.

    None without letters of either script.
    """
    counts = Counter(text.lower())
    cyrillic, latin = (sum(counts[letter] for letter in script) for script in (_CYRILLIC, _LATIN))
    total = cyrillic + latin
    if not total:
        return None, None
    language = "ru" if cyrillic >= latin else "en"
    minority = min(cyrillic, latin) / total
    if minority < _NOTABLE:
        return language, None
    other = "English" if language == "ru" else "Russian"
    return language, f"the text is mixed: {minority:.0%} of its letters are {other}"
