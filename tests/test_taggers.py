"""Pains, touchpoints, stages: what is suggested, why, and that the cut changes nothing."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjmresearch import codebooks, models, schema, text, workflow
from cjmresearch.errors import ModelError
from cjmresearch.models import places, tagger, tagging
from cjmresearch.models.pains import judge
from cjmresearch.models.tagger import Question

SHIPPED = Path(models.__file__).with_name("data") / "tagger-1"
SCRIPTS = Path(__file__).parents[1] / "scripts"
WAITED = "Мы неделю ждали ответа, и тишина."
PAINS = [
    WAITED,
    "Захожу на сайт, а цен нет.",
    "It crashes every time I open a big file.",
    "Installing it took me two days because of broken dependencies.",
    "Меня это ужасно раздражает, ничего не работает.",
]
NO_PAINS = [
    "Никаких проблем с этим не было.",
    "I've had no trouble with it at all.",
    "Мы живём в Туле уже десять лет.",
    "It has never crashed on me, not once.",
    "What problems did you have with it?",
]


def segments(*said: tuple[str, str], source: str = "s", prompt: str | None = None) -> pd.DataFrame:
    rows, at = [], 0
    for i, (role, words) in enumerate(said):
        rows.append(
            {
                "segment_id": f"{source}-g{i}",
                "source_id": source,
                "turn_id": f"{source}-t{i}",
                "position": i,
                "start": at,
                "end": at + len(words),
                "text": words,
                "speaker": role[0],
                "role": role,
                "voice": "customer",
                "language": "ru",
                "prompt": prompt,
            }
        )
        at += len(words) + 1
    return schema.frame("segments", rows)


def told(frame: pd.DataFrame, coder: str | None = "model:pains-1", **options) -> pd.DataFrame:
    found = models.tag(frame, **options)
    slugs = codebooks.load().set_index("code_id")["slug"]
    mine = found[(found["coder"] == coder) | (coder is None)]
    return mine.assign(slug=lambda f: f["code_id"].map(slugs))


def answers(*words: str) -> pd.DataFrame:
    return segments(*[("participant", w) for w in words])


# -- pains ------------------------------------------------------------------------------------


def test_pains_are_told_from_what_only_looks_like_them():
    found = models.classify([*PAINS, *NO_PAINS], task="pain")
    assert found["labels"].tolist() == [["pain"]] * 5 + [[]] * 5
    assert found["type"][:2].tolist() == ["barriers:slow_reply", "barriers:no_prices"]
    assert set(found["severity"][:5]) <= {1, 2, 3}
    assert found["type"][5:].isna().all()
    assert found["severity"][5:].isna().all()


def test_a_pain_has_a_type_an_intensity_and_a_reason():
    row = told(answers(WAITED)).iloc[0]
    assert row["slug"] == "barriers:slow_reply"
    assert row["status"] == "suggested"
    assert row["intensity"] in (1, 2, 3)
    assert row["memo"].startswith("slow_reply ")
    assert "rule: " in row["memo"]
    assert row["quote"] == WAITED[row["start"] : row["end"]] != WAITED  # the clause of the rule


def test_what_no_rule_names_is_explained_by_words():
    row = told(answers("Программа постоянно вылетает и портит файлы.")).iloc[0]
    assert row["slug"] == "barriers:other"
    assert "words: " in row["memo"]
    assert "rule: " not in row["memo"]


def test_the_words_of_the_interviewer_are_no_pain():
    frame = segments(("interviewer", WAITED), ("participant", "Да, мы живём в Туле."))
    assert told(frame).empty


def test_the_question_tells_what_a_bare_answer_is():
    trouble = "What aspects of the tool make it difficult to use?"
    liked = "What aspects of the tool make it pleasant to use?"
    wished = "What would you like to see in the tool?"
    words = ("participant", "Poor version control")
    assert told(segments(words, prompt=trouble))["slug"].tolist() == ["barriers:other"]
    assert "asked: " in told(segments(words, prompt=trouble))["memo"].iloc[0]
    better = ("participant", "A dark theme and bigger buttons")
    assert told(segments(better, prompt=wished))["slug"].tolist() == ["movers:need"]
    assert told(segments(("participant", "Version control"), prompt=liked)).empty


def test_needs_and_dreams():
    found = told(answers("Please add an option to export it.", "Мечтаю, чтобы склад сам считал."))
    assert "movers:need" in set(found["slug"])
    assert "movers:dream" in set(found["slug"])
    suggestion = models.classify(["Please add a dark theme", "I live here"], task="suggestion")
    assert suggestion["labels"].tolist() == [["suggestion"], []]
    assert "type" not in suggestion


def test_a_project_without_the_open_class_keeps_its_pains():
    codes = codebooks.default()
    codes = codes[codes["slug"] != "barriers:other"]
    frame = answers("Программа постоянно вылетает и портит файлы.")
    assert told(frame, codes=codes)["slug"].tolist() == ["movers:pain"]
    shop = told(frame, codes=codebooks.default("shop6"))["slug"]
    assert shop.str.startswith("shop_barriers:").all()
    assert len(shop) == 1


def test_types_are_judged_among_the_barriers_that_there_are():
    model = models.load_tagger()
    reading = model.read([WAITED])
    every = judge(model, reading, 0)
    assert every.types[0][0] == "barriers:slow_reply"
    few = judge(model, reading, 0, slugs=frozenset({"barriers:contract", "barriers:other"}))
    assert {slug for slug, _ in few.types} <= {"barriers:contract", "barriers:other"}
    assert few.probability == every.probability


NOT_ONES_OWN = [
    "Никаких проблем с доставкой не было.",
    "Проблем с сервисом у нас нет.",
    "Не могу сказать, что было трудно настроить.",
    "Программа ни разу не зависла.",
    "Ошибок в счетах мы не видели.",
    "У конкурентов поставка всё время опаздывает.",
    "У прежнего поставщика техника ломалась каждый месяц.",
    "В другой компании менеджер неделями не отвечал.",
    "У прежнего поставщика всё ломалось, а здесь спокойно работаем.",
    "Говорят, что у них очень долго отвечают.",
    "Если программа зависнет, мы позвоним в поддержку.",
    "Если бы они опоздали, мы бы отказались.",
    "There was no problem with the delivery.",
    "We had no trouble with the installation.",
    "I can't say that it was hard to set up.",
    "The app never crashed on us.",
    "No complaints about the support team.",
    "At our previous supplier the trucks broke down every month.",
    "With the competitor the delivery was always late.",
    "In the other company nobody answered for weeks.",
    "With the previous vendor it crashed all the time, but here everything runs.",
    "People say that their support is terrible.",
    "If the app crashes, we will call support.",
    "If they had been late, we would have left.",
]
ONES_OWN = [
    "У прежнего поставщика всё работало, а здесь программа постоянно вылетает.",
    "Говорят, что сервис хороший, но у нас он ломается каждый день.",
    "Если честно, я замучился с этой программой: она всё время виснет.",
    "Проблем с доставкой не было, но программа постоянно вылетает и портит файлы.",
    "With the previous vendor it worked, but here it crashes every day.",
    "There was no problem with delivery, but the app keeps crashing and I lose my work.",
    "It crashes every time, and I can't get my work done.",
]


@pytest.mark.parametrize("words", NOT_ONES_OWN)
def test_a_pain_that_is_denied_supposed_or_of_others_is_none(words):
    assert models.classify([words], task="pain")["labels"].tolist() == [[]]
    assert told(answers(words)).loc[lambda f: f["slug"].str.startswith("barriers:")].empty


def test_a_pain_of_ones_own_beside_that_of_others_stays():
    assert models.classify(ONES_OWN, task="pain")["labels"].tolist() == [["pain"]] * len(ONES_OWN)


# -- rules and models together -----------------------------------------------------------------


def test_what_a_rule_finds_stays_suggested_once_a_code_and_segment(tmp_path):
    with workflow.demo_project(tmp_path / "p.cjm") as project:
        study = project.study()
    parts = text.segments(study)
    ruled = _placed(text.tag(parts, codes=study.codes), parts)
    both = _placed(models.tag(parts, codes=study.codes), parts)
    assert len(ruled) > 400
    assert set(ruled) <= set(both)
    assert len(both) == len(set(both))


def _placed(found: pd.DataFrame, parts: pd.DataFrame) -> list[tuple[str, str]]:
    """Segment and code of each suggestion of the three kinds that have rules; rules once."""
    kinds = ("rules", "model:pains-1", "model:touchpoints-1", "model:stages-1")
    found = found[found["coder"].str.startswith(kinds)]
    pairs = found.merge(
        parts[["segment_id", "source_id", "start", "end"]], on="source_id", suffixes=("", "_part")
    )
    inside = (pairs["start"] >= pairs["start_part"]) & (pairs["end"] <= pairs["end_part"])
    listed = pairs.loc[inside, ["segment_id", "code_id", "coder"]]
    listed = listed.drop_duplicates() if found["coder"].str.startswith("rules").all() else listed
    return list(zip(listed["segment_id"], listed["code_id"], strict=True))


def test_where_rules_cover_a_source_the_model_alone_adds_no_use_product_or_pain():
    words = "I use it every day to make plots and I like the interface."
    broken = "Программа постоянно вылетает и портит файлы."
    alone = told(answers(words, broken), None)
    assert {"touchpoints:product", "barriers:other"} <= set(alone["slug"])
    named = [f"Я нашёл их сайт, номер {n}." for n in range(12)]
    covered = told(answers(words, broken, *named), None)
    assert not {"touchpoints:product", "barriers:other"} & set(covered["slug"])
    assert (covered["slug"] == "touchpoints:website").sum() == len(named)


def test_of_brief_talk_only_what_a_rule_names_is_suggested():
    assert told(answers("Их сайт."), None)["slug"].tolist() == ["touchpoints:website"]
    assert told(answers("Ужасно."), None).empty


# -- touchpoints and stages ------------------------------------------------------------------


def test_a_touchpoint_is_marked_on_its_words_with_rule_channel_and_ownership():
    words = "Я нашёл их сайт, там всё понятно."
    row = told(answers(words), "model:touchpoints-1").iloc[0]
    assert (row["slug"], row["quote"]) == ("touchpoints:website", "сайт")
    assert row["memo"].startswith("rule: ")
    assert row["memo"].endswith("; digital, owned")


def test_a_product_that_no_rule_names_is_found():
    words = "I use it every day to make plots and I like the interface."
    found = told(answers(words), "model:touchpoints-1")
    product = found[found["slug"] == "touchpoints:product"].iloc[0]
    assert product["quote"] == words
    assert product["memo"].startswith("words: ")


def test_a_stage_comes_from_the_question():
    asked = ("interviewer", "Как вы о нас узнали?")
    frame = segments(asked, ("participant", "Сосед сказал мне."))
    row = told(frame, "model:stages-1").iloc[0]
    assert row["slug"] == "b2b8:search"
    assert "asked: " in row["memo"]


def test_neighbours_move_the_confidence_of_a_stage_and_never_make_one():
    lines = ["We signed the contract in March.", "My dog is called Rex and he is brown.",
             "Then we paid the invoice in full."]  # fmt: skip
    alone = pd.concat([told(answers(w), "model:stages-1") for w in lines])
    together = told(answers(*lines), "model:stages-1")
    assert together["quote"].tolist() == alone["quote"].tolist() == [lines[0], lines[2]]
    assert (together["confidence"].to_numpy() > alone["confidence"].to_numpy()).all()
    assert together["memo"].str.endswith("1 of 1 neighbours say the same").all()
    far = pd.concat([answers(lines[0]), segments(("participant", lines[2]), source="z")])
    assert not told(far, "model:stages-1")["memo"].str.contains("neighbours").any()


@pytest.mark.parametrize("journey", codebooks.journeys())
def test_each_place_of_the_spine_belongs_to_one_stage_of_a_journey(journey):
    mapped = places.stages_of(journey)
    spots = [spot for listed in mapped.values() for spot in listed]
    assert len(spots) == len(set(spots))
    assert set(mapped) <= set(codebooks.load(journey)["slug"])
    assert bool(mapped) == (journey != "sales5")


@pytest.mark.parametrize("journey", ["aida4", "simple5", "dyachenko9"])
def test_stages_of_the_journey_of_the_project_are_suggested(journey):
    codes = codebooks.default(journey)
    found = told(answers("We signed the contract in March."), "model:stages-1", codes=codes)
    bought = {"aida4": "action", "simple5": "purchase", "dyachenko9": "purchase"}[journey]
    assert found["slug"].tolist() == [f"{journey}:{bought}"]


def test_codes_that_no_tagger_knows_are_left_to_the_rules():
    left = models.without_tagger(codebooks.load("shop_touchpoints", "b2b8", "sales5", "barriers"))
    assert set(left["scheme"]) == {"shop_touchpoints", "sales5"}


# -- one pass, any cut ---------------------------------------------------------------------------


class Counting:
    """The shared encoder, counting the texts that it is given."""

    def __init__(self, encoder):
        self.encoder, self.name, self.size, self.seen = encoder, encoder.name, encoder.size, []

    def encode(self, texts):
        self.seen += list(texts)
        return self.encoder.encode(texts)


def test_every_text_is_encoded_once(monkeypatch):
    frame = answers(*PAINS, *NO_PAINS, PAINS[0])
    chosen = models.taggers(codebooks.default())
    counting = Counting(chosen[0].model.encoder)
    for one in chosen:
        object.__setattr__(one, "model", _with(one.model, counting))
    tagging.suggestions(frame, chosen, encoder=counting)
    assert sorted(counting.seen) == sorted(set(frame["text"]))


def _with(model, encoder):
    from dataclasses import replace

    return replace(model, encoder=encoder)


MATERIAL = [
    *PAINS,
    *NO_PAINS,
    "Как вы о нас узнали?",
    "We signed the contract in March.",
    "Спасибо, менеджер быстро помог.",
    "Ага.",
]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(["participant", "interviewer"]), st.sampled_from(MATERIAL)),
            min_size=1,
            max_size=6,
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(1, 5),
)
def test_the_cut_of_the_work_changes_nothing(sources, chunk):
    frames = [segments(*said, source=f"s{i}") for i, said in enumerate(sources)]
    whole = models.tag(pd.concat(frames, ignore_index=True))
    apart = pd.concat([models.tag(frame) for frame in reversed(frames)], ignore_index=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tagging, "CHUNK", chunk)
        steps = models.tag(pd.concat(frames, ignore_index=True))
    for other in (apart, steps):
        _same(whole, other)


def _same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    order = ["coding_id"]
    a, b = (
        f.drop(columns="created_at").sort_values(order, ignore_index=True) for f in (left, right)
    )
    numbers = ["confidence", "valence"]
    pd.testing.assert_frame_equal(a.drop(columns=numbers), b.drop(columns=numbers))
    np.testing.assert_allclose(
        a[numbers].to_numpy(dtype=float), b[numbers].to_numpy(dtype=float), atol=1e-4
    )


# -- the file, the workflow, the clauses -----------------------------------------------------------


def test_a_damaged_tagger_is_refused(tmp_path):
    for suffix in (".npz", ".json"):
        shutil.copy(SHIPPED.with_suffix(suffix), tmp_path)
    copy = tmp_path / "tagger-1"
    content = bytearray(copy.with_suffix(".npz").read_bytes())
    content[500] ^= 1
    copy.with_suffix(".npz").write_bytes(bytes(content))
    with pytest.raises(ModelError, match=r"tagger-1\.npz: SHA-256 .* damaged"):
        tagger.load(copy)


def test_the_shipped_tagger_is_small_and_says_where_it_fails():
    assert SHIPPED.with_suffix(".npz").stat().st_size < 1.5e6
    with np.load(SHIPPED.with_suffix(".npz"), allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)
    card = " ".join(models.load_tagger().card.split())
    for part in ("tagger_phrases", "CC0", "MIT", "Where it fails", "not made by human coders"):
        assert part in card


def test_texts_that_are_no_list_are_named():
    model = models.load_tagger()
    with pytest.raises(ModelError, match="texts is one string"):
        model.read("слово")
    with pytest.raises(ModelError, match="text 1 is None"):
        model.read(["a", None])
    empty = model.read([], questions=[])
    assert empty.column("pain").shape == (0,)
    assert model.read(["", "12", "ok"]).unknown.tolist() == [True, True, False]


def test_a_question_shifts_what_is_likelier():
    model = models.load_tagger()
    text = "Version control"
    trouble = Question("What makes it difficult?", written=True)
    plain, asked = model.read([text, text], questions=[None, trouble]).column("pain")
    assert asked > plain + 0.1


def test_a_second_run_and_earlier_rules_add_nothing_twice(tmp_path):
    with workflow.demo_project(tmp_path / "p.cjm") as project:
        first = workflow.tag(project)
        assert set(first) == {
            "model:emotion-3", "model:pains-1", "model:stages-1", "model:touchpoints-1",
        }  # fmt: skip
        assert set(workflow.tag(project).values()) == {0}
        codings = project.study().codings
    suggested = codings[codings["coder"].str.startswith("model:")]
    some = suggested[suggested["coder"] == "model:touchpoints-1"].head(5)
    earlier = some.assign(coder="rules:touchpoints-1")
    left = workflow._not_yet(suggested, earlier)
    assert set(suggested["coding_id"]) - set(left["coding_id"]) >= set(some["coding_id"])
    assert len(left) > len(suggested) - 30


def test_the_clauses_are_enough_and_well_formed(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    data = __import__("tagger_data")
    rows = pd.DataFrame(list(data.phrases()))
    assert len(rows) >= 1_500
    assert not rows["text"].duplicated().any()
    assert rows["text"].map(data.language_of).value_counts().min() > 600
    assert 0.3 < rows["pain"].mean() < 0.6
    assert {"tagger_data"} <= set(sys.modules)
