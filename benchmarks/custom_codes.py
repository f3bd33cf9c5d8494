"""Public sets as codes of a researcher's own: what `fewshot.py` and `native.py` learn.

Every set is a frame with text, group (whose words they are, as far as the set says) and labels (a
frozenset). Nothing of the sets is part of the repository.
"""

from __future__ import annotations

import hashlib
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import emotion_data  # noqa: E402

from cjmresearch.models.encoder import Encoder  # noqa: E402

Rows = Iterable[tuple[str, str, frozenset[str]]]

REPORTED = (
    ("restaurants_en", "food", "Food: the dishes, drinks and their taste"),
    ("restaurants_en", "price", "Price: how expensive or cheap it is, the bill"),
    ("restaurants_en", "service", "Service: the staff, the waiters, how guests are served"),
    ("restaurants_en", "ambience", "Ambience: the atmosphere, the interior, music and decor"),
    ("restaurants_ru", "Food", "Еда: вкус блюд, кухня, меню, напитки"),
    ("restaurants_ru", "Service", "Обслуживание: официанты, персонал, скорость подачи"),
    ("restaurants_ru", "Interior", "Интерьер: обстановка, зал, музыка, атмосфера"),
    ("restaurants_ru", "Price", "Цена: дорого или дёшево, счёт, стоимость блюд"),
    (
        "cars_ru",
        "Driveability",
        "Ходовые качества: двигатель, разгон, управляемость, коробка передач",
    ),
    ("cars_ru", "Comfort", "Комфорт: салон, сиденья, шумоизоляция, удобство"),
    ("cars_ru", "Reliability", "Надёжность: поломки, ремонт, качество деталей"),
    ("cars_ru", "Appearance", "Внешний вид: дизайн, красота машины, кузов"),
    ("goemotions", "annoyance", "Annoyance: the speaker is irritated or annoyed by something"),
    ("goemotions", "confusion", "Confusion: the speaker does not understand, is unsure"),
    ("goemotions", "curiosity", "Curiosity: the speaker wants to know more and asks"),
    ("goemotions", "gratitude", "Gratitude: the speaker thanks somebody"),
    ("brighter_ru", "anger", "Злость: человек злится, возмущается, ругается"),
    ("brighter_ru", "fear", "Страх: человек боится, ему страшно"),
    ("brighter_ru", "joy", "Радость: человек радуется, он счастлив"),
    ("brighter_ru", "sadness", "Грусть: человеку грустно, он расстроен"),
)
"""Set, label and the one line that defines it."""

TUNED = (
    (
        "restaurants_en",
        "anecdotes/miscellaneous",
        "Other: the place as a whole, occasions, stories of the visit",
    ),
    ("restaurants_ru", "Whole", "Ресторан в целом: общее впечатление, рекомендую, вернусь"),
    ("cars_ru", "Costs", "Расходы: цена машины, расход топлива, стоимость обслуживания"),
    ("cars_ru", "Whole", "Машина в целом: общее впечатление, доволен покупкой"),
    ("cars_ru", "Safety", "Безопасность: подушки, тормоза, защита при аварии"),
    ("goemotions", "surprise", "Surprise: the speaker is astonished, did not expect it"),
    ("goemotions", "optimism", "Optimism: the speaker hopes for the best"),
    ("goemotions", "disappointment", "Disappointment: the speaker expected better, is let down"),
    ("goemotions", "approval", "Approval: the speaker agrees or supports"),
    ("brighter_ru", "disgust", "Отвращение: человеку противно, мерзко"),
    ("brighter_ru", "surprise", "Удивление: человек удивлён, не ожидал"),
    ("cedr", "sadness", "Грусть: человеку грустно, он расстроен"),
    ("cedr", "fear", "Страх: человек боится, опасается"),
    (
        "complaints",
        "complaint",
        "Complaint: the customer says that something is broken, wrong or late",
    ),
    ("suggestions", "suggestion", "Suggestion: the writer proposes a change or asks for a feature"),
    ("drugs_ru", "ADR", "Побочное действие: от лекарства стало хуже, сыпь, тошнота"),
    ("drugs_ru", "DI", "Болезнь или симптом, от которых принимали лекарство"),
)
"""Codes that every constant was chosen on; none of them is reported."""


def frame(rows: Rows) -> pd.DataFrame:
    """Make a frame of text, group and labels."""
    return pd.DataFrame(list(rows), columns=["text", "group", "labels"])


def restaurants_en(data: Path) -> pd.DataFrame:
    """SemEval 2014: sentences with the aspects that they speak of."""
    root = ElementTree.parse(data / "semeval2014_absa/Restaurants_Train.xml").getroot()
    return frame(
        (
            sentence.findtext("text") or "",
            str(sentence.get("id")),
            frozenset(str(a.get("category")) for a in sentence.iter("aspectCategory")),
        )
        for sentence in root.iter("sentence")
    )


def sentirueval(data: Path, kind: str) -> pd.DataFrame:
    """SentiRuEval 2015: sentences of reviews, with the aspects whose words begin in them."""
    from razdel import sentenize

    path = data / f"sentirueval2015_absa/SentiRuEval_{kind}_markup_train.xml"
    rows = []
    for review in ElementTree.parse(path).getroot().iter("review"):
        spans = [(int(a.get("from", 0)), str(a.get("category"))) for a in review.iter("aspect")]
        for part in sentenize(review.findtext("text") or ""):
            labels = frozenset(label for at, label in spans if part.start <= at < part.stop)
            if re.search(r"\w", part.text):
                rows.append((part.text, str(review.get("id")), labels))
    return frame(rows)


def complaints(data: Path) -> pd.DataFrame:
    """Tweets to firms, whether they complain."""
    columns = ["id", "text", "complains", "domain"]
    table = pd.read_csv(data / "complaints_preotiuc/complaints.csv", header=None, names=columns)
    return frame(
        (row.text, str(row.id), frozenset(["complaint"] if row.complains else []))
        for row in table.itertuples()
    )


def suggestions(data: Path) -> pd.DataFrame:
    """Sentences of posts in a forum of developers, whether they suggest; the post is the group."""
    path = data / "suggestion_mining_semeval2019/V1.4_Training.csv"
    table = pd.read_csv(path, header=None, names=["id", "text", "is"], encoding="latin-1")
    return frame(
        (row.text, row.id.partition("_")[0], frozenset(["suggestion"] if row[3] == 1 else []))
        for row in table.itertuples()
    )


def drugs_ru(data: Path) -> pd.DataFrame:
    """RuDReC: sentences of reviews of medicines with what they name."""
    table = pd.read_json(data / "rudrec/rudrec_annotated.jsonl", lines=True)
    return frame(
        (row.text.strip(), row.file_name, frozenset(e["entity_type"] for e in row.entities))
        for row in table.itertuples()
    )


def _feelings(table: pd.DataFrame) -> pd.DataFrame:
    return frame(zip(table["text"], table["id"], map(frozenset, table["labels"]), strict=True))


def number(of: str) -> int:
    """Give a number that depends on the name alone."""
    return int(hashlib.sha256(of.encode()).hexdigest()[:8], 16)


def part(of: pd.DataFrame, every: int) -> np.ndarray:
    """Mark one group in `every`."""
    return np.array([number(str(group)) % every == 0 for group in of["group"]], dtype=bool)


def halves(data: Path, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the part of a set that is coded and the part that is predicted: no group is in both.

    A third of the groups is held out, of GoEmotions a third of its dev split; the official test
    splits aren't used.
    """
    if name == "goemotions":
        train, dev = (_feelings(emotion_data.goemotions(data, x)) for x in ("train", "dev"))
        held = dev[part(dev, 3)].reset_index(drop=True)[:1_500]
        return train[part(train, 6)].reset_index(drop=True), held
    readers = {
        "restaurants_en": lambda: restaurants_en(data),
        "restaurants_ru": lambda: sentirueval(data, "rest"),
        "cars_ru": lambda: sentirueval(data, "car"),
        "brighter_ru": lambda: _feelings(
            pd.concat(emotion_data.brighter(data, "rus", x) for x in ("train", "dev"))
        ),
        "cedr": lambda: _feelings(emotion_data.cedr(data)),
        "complaints": lambda: complaints(data),
        "suggestions": lambda: suggestions(data),
        "drugs_ru": lambda: drugs_ru(data),
    }
    rows = readers[name]()
    held_out = part(rows, 3)
    return tuple(rows[which].reset_index(drop=True) for which in (~held_out, held_out))  # type: ignore[return-value]


class Memory:
    """Embeddings of this process, by text."""

    def __init__(self) -> None:
        self._known: dict[str, np.ndarray] = {}

    def __call__(self, texts: Sequence[str], encoder: Encoder) -> np.ndarray:
        """Embed what is not known yet."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(missing, encoder.encode(missing), strict=True))
        return np.array([self._known[text] for text in texts]).reshape(len(texts), encoder.size)
