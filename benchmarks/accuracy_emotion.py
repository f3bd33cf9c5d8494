"""Tables of the shipped emotion model for `docs/models.md` and its card; see `accuracy.py`.

Out-of-fold figures come from the training; here are sets that the model has never seen, valence
on texts of other kinds, the phrases of the method, and the speed.
"""

from __future__ import annotations

import time
from pathlib import Path

import emotion_data as sets
import numpy as np
import pandas as pd
from emotion_card import write_card
from emotion_metrics import auc, auc_interval, calibration_error, f1_summary

from cjmresearch import codebooks, models
from cjmresearch.models import polarity
from cjmresearch.models.emotion import SENTIMENTS, EmotionModel, Reading

ROOT = Path(__file__).parents[1]
CARD = ROOT / "cjmresearch/models/data" / models.MODELS["emotion"]
ANCHORS = {
    "goemotions28 goemotions": "BERT .46 (paper, test), .503 (re-run, test)",
    "ekman7 goemotions": "BERT .64 (paper, test), .624 (re-run, test)",
    "group4 goemotions": "BERT .69 (paper, test), .701 (re-run, test)",
    "cedr5 cedr": "rubert-tiny2 .73 (with *none*, test)",
    "brighter6 brighter_rus": "fine-tuned BERT .84 (test)",
}
PARALLEL = {
    "pairs": "`pairs.csv`, read while the words were made parallel",
    "check": "`check.csv`, not read for it",
}
TRIED = Path(__file__).with_name("emotion_tried.md")
"""What was tried by hand for parity and for CEDR: measured once, so kept as text."""
FIXTURES = {
    "feelings (E1)": [
        ("заинтересованность", 1),
        ("растерянность", -1),
        ("надежда", 1),
        ("сомнение", -1),
        ("доверие", 1),
        ("раздражение", -1),
        ("нетерпение", -1),
        ("уверенность", 1),
        ("удовлетворение", 1),
        ("радость", 1),
        ("разочарование", -1),
    ],
    "thoughts (E2)": [
        ("Хм, интересно…", 1),
        ("Ничего не понятно!", -1),
        ("Кажется, это то, что нужно", 1),
        ("А не слишком ли дорого?", -1),
        ("Надеюсь, они не подведут со сроками", 1),
        ("Почему так сложно дозвониться?", -1),
        ("Ух ты, как удобно!", 1),
        ("Наконец-то проблема решена!", 1),
    ],
    "barriers, B2B (E3)": [
        ("непонятная навигация", -1),
        ("нет цен в открытом доступе", -1),
        ("долгий ответ на запрос", -1),
        ("некомпетентный менеджер", -1),
        ("сложное согласование договора", -1),
        ("задержка поставки", -1),
        ("ошибки при монтаже", -1),
        ("трудно дозвониться в сервис", -1),
        ("непонятная инструкция", -1),
    ],
    "barriers, e-shop (E4)": [
        ("фактические, орфографические и технические ошибки", -1),
        ("нет УТП", -1),
        ("негативные отзывы", -1),
        ("сложная процедура заказа", -1),
        ("перегруженность/долгая загрузка", -1),
        ("барьеры ассоциаций", -1),
        ("некорректная мобильная версия", -1),
    ],
    "negation": [
        ("не понравилось", -1),
        ("не могу сказать, что неудобно", 1),
        ("ничего не понятно", -1),
        ("мне не понравилось, как со мной разговаривали", -1),
        ("неплохо", 1),
        ("not bad at all", 1),
        ("I didn't like it", -1),
        ("I can't say it was inconvenient", 1),
    ],
}


def label_table(model: EmotionModel, data: Path) -> pd.DataFrame:
    """Measure the labels on kinds of text that the model has never seen."""
    spoken = sets.meld(data, "dev")
    spoken["labels"] = [labels[:1] for labels in spoken["labels"]]
    rows = []
    for name, scheme, frame in (
        ("MELD dev: television dialogue, en", "ekman7", spoken),
        (
            "BRIGHTER eng: social media, en (only the valence learned from it)",
            "ekman7",
            sets.brighter(data, "eng", "train"),
        ),
    ):
        shown = model.with_scheme(scheme)
        names = [x for x in shown.labels if any(x in labels for labels in frame["labels"])]
        truth = np.array([[x in labels for x in names] for labels in frame["labels"]])
        reading = shown.read(frame["text"].tolist())
        scores = shown.scores(reading)
        summary = f1_summary(truth, _marks(shown, reading, names))
        columns = [shown.labels.index(x) for x in names]
        rows.append(
            {
                "set": name,
                "scheme": scheme,
                "texts": summary["n"],
                "labels": len(names),
                "macro F1 [95 %]": _interval(summary),
                "micro F1": f"{summary['micro_f1']:.3f}",
                "ECE": f"{calibration_error(truth, scores[:, columns]):.3f}",
            }
        )
    return pd.DataFrame(rows)


def _marks(model: EmotionModel, reading: Reading, names: list[str]) -> np.ndarray:
    chosen = model.choose(model.scores(reading), reading)
    return np.array([[x in labels for x in names] for labels in chosen])


def _interval(summary: dict[str, float]) -> str:
    return f"{summary['macro_f1']:.3f} [{summary['low']:.3f}, {summary['high']:.3f}]"


def sample_interviews(language: str) -> pd.DataFrame:
    """Read the feelings that people coded in the fictional study of this repository.

    A quote is positive or negative by the coder's valence, else by the feeling.
    """
    table = pd.read_csv(ROOT / "data/sample/codings.csv")
    feelings = table["code"].str.startswith("feelings:")
    table = table[feelings & table["file"].str.startswith(language)].drop_duplicates("quote")
    usual = codebooks.load("feelings").set_index("slug")["valence"]
    valence = table["valence"].fillna(table["code"].map(usual))
    labels = [("positive",) if v > 0 else ("negative",) for v in valence]
    return pd.DataFrame({"set": "sample", "text": table["quote"], "labels": labels})


def valence_table(model: EmotionModel, data: Path) -> pd.DataFrame:
    """Measure valence and sentiment on texts of kinds that the model has never seen."""
    frames = {
        "MELD dev: television dialogue, en": sets.meld(data, "dev"),
        "RuSentiTweet: tweets, ru": sets.rusentitweet(data),
        "SemEval-2014 restaurants: reviews, en": sets.semeval2014(data, "Restaurants"),
        "SemEval-2014 laptops: reviews, en": sets.semeval2014(data, "Laptop"),
        "SentiRuEval restaurants: reviews, ru": sets.sentirueval(data, "rest"),
        "SentiRuEval cars: reviews, ru": sets.sentirueval(data, "car"),
        "Jupyter UX survey: what pleases or hinders, en": sets.jupyter_ux(data),
        "data/sample: fictional interviews, coded quotes, ru": sample_interviews("ru"),
        "data/sample: fictional interviews, coded quotes, en": sample_interviews("en"),
    }
    rows = []
    for name, frame in frames.items():
        truth = np.array([labels[-1] for labels in frame["labels"]])
        reading = model.read(frame["text"].tolist())
        polar = truth != "neutral"
        positive, valence = truth[polar] == "positive", reading.valence[polar]
        low, high = auc_interval(positive, valence)
        given = np.array(SENTIMENTS)[reading.sentiment.argmax(axis=1)]
        kinds = [x for x in SENTIMENTS if x in truth]
        summary = f1_summary(
            np.column_stack([truth == x for x in kinds]),
            np.column_stack([given == x for x in kinds]),
        )
        rows.append(
            {
                "set": name,
                "texts": len(truth),
                "AUC of the sign [95 %]": f"{auc(positive, valence):.3f} [{low:.3f}, {high:.3f}]",
                "AUC of the rules alone": f"{auc(positive, _rules(frame['text'])[polar]):.3f}",
                "sign right": f"{(np.sign(valence) == np.where(positive, 1, -1)).mean():.3f}",
                "macro F1 of 3 [95 %]": _interval(summary) if len(kinds) == 3 else "",
                "inside the interval": f"{_inside(truth, reading):.3f}",
                "abstained": f"{reading.abstained.mean():.3f}",
            }
        )
    return pd.DataFrame(rows)


def _rules(texts: pd.Series) -> np.ndarray:
    return np.array([polarity.read(text).score for text in texts])


def _inside(truth: np.ndarray, reading: Reading) -> float:
    """Give the share of texts whose interval holds -1, 0 or 1, whichever people gave."""
    felt = np.select([truth == "positive", truth == "negative"], [1.0, -1.0], 0.0)
    low, high = reading.interval.T
    return float(((low <= felt) & (felt <= high)).mean())


def out_of_fold_table(model: EmotionModel) -> pd.DataFrame:
    """Show what the training measured, each text by a model that hasn't seen it."""
    rows = []
    for name, row in model.meta["out_of_fold"].items():
        rows.append(
            {
                "scheme and set": name,
                "texts": row["n"],
                "labels": row["labels"],
                "macro F1 [95 %]": _interval(row),
                "micro F1": f"{row['micro_f1']:.3f}",
                "ECE": f"{row['ece']:.3f}" if "ece" in row else "",
                "AUC of the sign": f"{row['auc']:.3f}" if "auc" in row else "",
                "inside the interval": f"{row['inside']:.3f}" if "inside" in row else "",
                "published": ANCHORS.get(name, ""),
            }
        )
    return pd.DataFrame(rows)


def feelings_table(model: EmotionModel) -> pd.DataFrame:
    """Compare suggested feelings with those that people coded in `data/sample`."""
    table = pd.read_csv(ROOT / "data/sample/codings.csv")
    table = table[table["code"].str.startswith("feelings:")]
    coded = table.groupby("quote", sort=False)["code"].agg(set)
    suggested = [set(found) for found in model.predict(coded.index.tolist())]
    rows = []
    for label in model.labels:
        truth = np.array([f"feelings:{label}" in codes for codes in coded])
        given = np.array([label in found for found in suggested])
        rows.append(
            {
                "feeling": label,
                "coded": truth.sum(),
                "suggested": given.sum(),
                "both": (truth & given).sum(),
            }
        )
    return pd.DataFrame(rows)


def fixture_table(model: EmotionModel) -> pd.DataFrame:
    """Check the sign of the valence of the phrases that the method's documents give."""
    rows = []
    for name, phrases in FIXTURES.items():
        valence = model.valence([text for text, _ in phrases])
        wrong = [
            f"{text} ({v:+.2f})"
            for (text, sign), v in zip(phrases, valence, strict=True)
            if sign * v <= 0
        ]
        right = f"{len(phrases) - len(wrong)} of {len(phrases)}"
        rows.append({"phrases": name, "right sign": right, "wrong": "; ".join(wrong) or "none"})
    return pd.DataFrame(rows)


def parity_table(model: EmotionModel) -> pd.DataFrame:
    """Compare the valence of customers' sentences with that of their translations."""
    random = np.random.default_rng(0)
    rows = []
    for name, told in PARALLEL.items():
        pairs = pd.read_csv(ROOT / f"tests/data/parity/{name}.csv", dtype="str")
        russian, english = (model.valence(pairs[code].tolist()) for code in ("ru", "en"))
        gap = russian - english
        draws = np.abs(gap)[random.integers(len(gap), size=(2_000, len(gap)))].mean(axis=1)
        low, high = np.quantile(draws, [0.025, 0.975])
        rows.append(
            {
                "pairs": told,
                "n": len(gap),
                "mean of the difference, sign apart [95 %]": f"{np.abs(gap).mean():.3f} "
                f"[{low:.3f}, {high:.3f}]",
                "mean difference, ru - en": f"{gap.mean():+.3f}",
                "another sign": f"{(np.sign(russian) != np.sign(english)).mean():.2f}",
                "correlation": f"{np.corrcoef(russian, english)[0, 1]:.3f}",
            }
        )
    return pd.DataFrame(rows)


def speed(model: EmotionModel, data: Path) -> str:
    """Time sentences of interview length on one thread."""
    lines = []
    for name, frame in (
        ("Russian", sets.sentirueval(data, "rest")),
        ("English", sets.semeval2014(data, "Restaurants")),
    ):
        texts = frame["text"].tolist()
        started = time.process_time()
        model.read(texts)
        seconds = time.process_time() - started
        words = sum(len(text.split()) for text in texts)
        lines.append(f"{name} {words / seconds:,.0f} words/s")
    return ", ".join(lines)


def markdown(frame: pd.DataFrame) -> str:
    """Write a frame as a markdown table."""
    lines = ["| " + " | ".join(frame.columns) + " |", "|" + "---|" * len(frame.columns)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in frame.itertuples(index=False)]
    return "\n".join(lines)


def sections(data: Path) -> list[str]:
    """Measure, write the card, give the markdown."""
    model = models.load("emotion")
    model.read(["warm up"])
    tables = {
        "labels": markdown(label_table(model, data)),
        "valence": markdown(valence_table(model, data)),
        "feelings": markdown(feelings_table(model)),
        "phrases": markdown(fixture_table(model)),
    }
    write_card(CARD, tables)
    return [
        "## Feelings and valence",
        f"Model `{model.version}`, {sum(model.meta['training_rows'].values()):,} training rows.",
        "### Out of fold on the training sets",
        markdown(out_of_fold_table(model)),
        "Each text is judged by a model, a calibration and thresholds that haven't seen it; a text "
        "of GoEmotions and its translation are in the same fold. `cedr5` counts *none* as a sixth "
        "label. `cx11` is measured against its own mapping of GoEmotions labels. *Published* are "
        "anchors on the test splits, for orientation.",
        "### Labels on kinds of text that the model has never seen",
        tables["labels"],
        "### Valence on kinds of text that the model has never seen",
        tables["valence"],
        "*AUC of the sign*: how often a pleasant text gets a higher valence than an unpleasant "
        "one. *The rules alone*: the words of `polarity.yaml` without the learned head. *Inside "
        "the interval*: how often the interval of the valence, meant for .80, holds what people "
        "said. How far the rules may move the learned head was chosen with these sets in view: "
        "read the figures as kind.",
        "### The eleven feelings in the fictional interviews of `data/sample`",
        tables["feelings"],
        "Coded quotes only: a precision among passages that a person found telling.",
        "### Phrases of the method",
        tables["phrases"],
        "### The same in Russian and in English",
        markdown(parity_table(model)),
        TRIED.read_text(encoding="utf-8").strip(),
        "### Speed",
        f"One thread, encoder included: {speed(model, data)}.",
    ]
