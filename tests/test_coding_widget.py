"""The coding workbench without a browser: what it shows, what an act does, what it refuses."""

from __future__ import annotations

import json
import re
import threading
import uuid
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cjmresearch import Project, codebooks, read, schema
from cjmresearch.errors import CjmError, StoreError
from cjmresearch.widgets import CodingWidget, coding_page, coding_words
from cjmresearch.widgets.coding_state import in_language

TALK = """Интервьюер: Как вы выбирали склад? <script>alert(1)</script>
Ирина: Долго 😀 сравнивали. Сайт помог, а потом 👨‍👩‍👧 спросили коллег.
Интервьюер: А что мешало?
Ирина: Договор согласовывали месяц.
"""
SCRIPTS = Path(coding_page.__file__).parent / "static" / "coding"
WEBSITE = codebooks.code_id("touchpoints:website")
EMAIL = codebooks.code_id("touchpoints:email")


@pytest.fixture
def project(tmp_path):
    (tmp_path / "talk.txt").write_text(TALK, encoding="utf-8")
    with Project.create(tmp_path / "study.cjm", goal="learn") as made:
        made.add(read.transcript(tmp_path / "talk.txt"))
        yield made


@pytest.fixture
def text(project) -> str:
    return project.study().current_texts.iloc[0]


class Page:
    """A page that sends acts and keeps the answers."""

    def __init__(self, project, coder="anna", **given) -> None:
        self.widget = CodingWidget(project, coder=coder, **given)
        self.got: list[dict] = []
        self.widget.send = lambda message, *_: self.got.append(message)

    def act(self, op: str, **given) -> dict:
        message = {"op": op, "n": len(self.got), "id": str(uuid.uuid4()), **given}
        self.widget._handle_custom_msg(message, [])
        return self.got[-1]

    def code(self, words: str, code: str = WEBSITE, **given) -> dict:
        start = self.text.index(words)
        return self.act("code", start=start, end=start + len(words), code=code, **given)

    @property
    def shown(self) -> dict:
        return self.widget.get_state()["page"]

    @property
    def text(self) -> str:
        return self.shown["source"]["text"]


@pytest.fixture
def page(project):
    made = Page(project, language="en")
    yield made
    made.widget.close()


def stored(project) -> pd.DataFrame:
    """Codings as another process finds them."""
    with Project.open(project.path) as other:
        return other.frame("codings")


# -- what is shown ----------------------------------------------------------------------------


def test_the_page_gets_turns_codes_and_codings(page, project, text):
    shown = page.shown
    assert shown["source"]["text"] == text
    assert [text[t[1] : t[2]] for t in shown["source"]["turns"]][2] == "А что мешало?"
    assert [s[1] for s in shown["source"]["speakers"]] == ["interviewer", "participant"]
    assert {c["slug"] for c in shown["codes"]} == set(project.frame("codes")["slug"])
    assert shown["codings"] == []
    json.dumps(shown, allow_nan=False)
    assert repr(page.widget) == "CodingWidget('talk', coder='anna')"


def test_a_page_that_is_loaded_anew_gets_what_the_project_holds(page, project):
    coding_id = page.code("Сайт")["changes"][0]["row"]["id"]
    with Project.open(project.path) as other:
        other.annotate(coding_id, coder="anna", memo="changed elsewhere")
    assert [c["memo"] for c in page.shown["codings"]] == ["changed elsewhere"]
    assert page.widget.get_state("settings")["settings"]["coder"] == "anna"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"coder": " "}, "say who codes"),
        ({"coder": "anna", "language": "de"}, "language 'de'"),
        ({"coder": "anna", "order": "random"}, "order 'random'"),
        ({"coder": "anna", "theme": "blue"}, "theme 'blue'"),
        ({"coder": "anna", "source": "nothing"}, "no source 'nothing'"),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(project, given, told):
    with pytest.raises(CjmError, match=told):
        CodingWidget(project, **given)


def test_a_source_is_found_by_id_title_and_file(project):
    source_id = project.frame("sources")["source_id"].iloc[0]
    for name in (None, source_id, "talk", "talk.txt"):
        widget = CodingWidget(project, name, coder="anna")
        assert widget.get_state()["page"]["source"]["id"] == source_id
        widget.close()


def test_a_shipped_definition_is_shown_in_the_language_of_the_page():
    assert in_language("Сайт / The site", "ru") == "Сайт"
    assert in_language("Сайт / The site", "en") == "The site"
    assert in_language("his / her words", "en") == "his / her words"
    assert in_language(None, "en") == ""


# -- acts -------------------------------------------------------------------------------------


def test_what_is_acknowledged_is_on_the_disk(page, project, text):
    answer = page.code("сравнивали. Сайт")
    assert answer["op"] == "ack"
    rows = stored(project)
    assert rows["quote"].tolist() == ["сравнивали. Сайт"]
    assert rows["coder"].tolist() == ["anna"]
    (change,) = answer["changes"]
    assert (change["table"], change["op"]) == ("codings", "put")
    assert change["row"]["id"] == rows["coding_id"].iloc[0] == answer["id"]
    assert answer["history"] == ["code", None]


def test_an_act_that_is_sent_twice_is_done_once(page, project, text):
    twice = str(uuid.uuid4())
    start = text.index("Сайт")
    for _ in range(2):
        answer = page.act("code", id=twice, start=start, end=start + 4, code=WEBSITE)
        assert answer["op"] == "ack"
    page.code("коллег")
    again = str(uuid.uuid4())
    page.act("undo", id=again)
    page.act("undo", id=again)
    assert stored(project)["coding_id"].tolist() == [twice]
    page.act("delete", coding=twice, id=(gone := str(uuid.uuid4())))
    assert page.act("delete", coding=twice, id=gone)["op"] == "ack"


def test_every_act_on_a_coding(page, project, text):
    one = page.code("Долго 😀 сравнивали")["id"]
    start = text.index("Долго")
    assert page.act("recode", coding=one, code="touchpoints:email")["op"] == "ack"
    assert page.act("resize", coding=one, start=start, end=start + 7)["op"] == "ack"
    assert page.act("annotate", coding=one, memo=" <b>важно</b> ")["op"] == "ack"
    row = stored(project).iloc[0]
    assert (row["quote"], row["code_id"], row["memo"]) == ("Долго 😀", EMAIL, "<b>важно</b>")
    assert page.act("split", coding=one, at=start + 5)["op"] == "ack"
    assert stored(project)["quote"].tolist() == ["Долго", "😀"]
    assert page.act("delete", coding=one)["changes"][0]["op"] == "delete"
    assert stored(project)["quote"].tolist() == ["😀"]


def test_undo_and_redo_go_on_after_a_restart(page, project):
    page.code("Сайт")
    page.code("коллег", EMAIL)
    page.widget.close()
    with Project.open(project.path) as other:
        fresh = Page(other)
        assert fresh.shown["history"] == ["code", None]
        assert fresh.act("undo")["history"] == ["code", "code"]
        assert fresh.act("undo")["history"] == [None, "code"]
        assert other.frame("codings").empty
        fresh.act("redo")
        fresh.act("redo")
        assert other.frame("codings")["quote"].tolist() == ["Сайт", "коллег"]
        fresh.widget.close()


def test_the_codebook_is_edited_in_place(page, project):
    page.act(
        "add_code", slug="own:цена", name="Цена  и\nсроки", kind="pain", key="ц", colour="#aa0000"
    )
    codes = project.frame("codes").set_index("slug")
    assert codes.loc["own:цена", ["name_ru", "name_en", "kind", "key"]].tolist() == [
        "Цена и сроки", "Цена и сроки", "pain", "ц",
    ]  # fmt: skip
    code = codes.loc["own:цена", "code_id"]
    page.act("change_code", code=code, name="Price", include="a sum", exclude="", key="")
    row = project.frame("codes").set_index("slug").loc["own:цена"]
    assert (row["name_en"], row["name_ru"]) == ("Price", "Цена и сроки")
    assert row["include"] == "a sum"
    assert row[["exclude", "key"]].isna().all()
    one, two = page.code("Договор", "own:цена")["id"], page.code("месяц", code)["id"]
    page.act("split_code", code=code, slug="own:срок", name="Срок", codings=[two])
    page.act("merge_codes", code=code, into=codebooks.code_id("barriers:slow_reply"))
    slugs = project.frame("codes").set_index("code_id")["slug"]
    rows = stored(project).set_index("coding_id")["code_id"].map(slugs)
    assert (rows[one], rows[two]) == ("barriers:slow_reply", "own:срок")
    assert page.act("delete_code", code="own:срок")["op"] == "refused"  # it is in use
    assert page.act("undo")["op"] == "ack"
    assert stored(project).set_index("coding_id")["code_id"][one] == code


def test_a_memo_on_a_passage_makes_its_code_when_it_is_needed(page, project):
    assert page.code("Договор", "memo:note", memo="спросить ещё")["op"] == "ack"
    rows = stored(project)
    assert rows["memo"].tolist() == ["спросить ещё"]
    assert page.act("undo")["history"][0] is None  # the code of notes is no act of the coder's
    assert "memo:note" in set(project.frame("codes")["slug"])


def suggest(project, text, words: str, code: str, confidence: float) -> str:
    start = text.index(words)
    row = {
        "coding_id": str(uuid.uuid4()), "source_id": project.frame("sources")["source_id"].iloc[0],
        "start": start, "end": start + len(words), "quote": words, "code_id": code,
        "coder": "model:test-1", "status": "suggested", "confidence": confidence,
        "memo": "words: like", "created_at": pd.Timestamp("2026-01-01", tz="UTC"),
    }  # fmt: skip
    project.add_codings(schema.frame("codings", [row]), coder="model:test-1")
    return row["coding_id"]


def test_suggestions_are_decided_and_the_time_is_kept(page, project, text):
    ids = [suggest(project, text, w, WEBSITE, 0.9) for w in ("Сайт", "коллег", "месяц")]
    page.widget.refresh()
    assert {c["row"]["status"] for c in page.got[-1]["changes"]} == {"suggested"}
    page.act("decide", coding=ids[0], accept=True, seconds=1.5)
    page.act("decide", coding=ids[1], accept=True, code=EMAIL, seconds=2)
    page.act("decide", coding=ids[2], accept=False)
    decided = project.decisions().set_index("suggestion_id")
    assert decided.loc[ids[0], ["status", "seconds"]].tolist() == ["accepted", 1.5]
    assert decided.loc[ids[1], "given"] == "touchpoints:email"
    assert decided.loc[ids[2], "status"] == "rejected"
    assert pd.isna(decided.loc[ids[2], "seconds"])


def test_suggestions_are_ranked_by_use(page, project, text):
    sure, unsure = (
        suggest(project, text, w, WEBSITE, c) for w, c in (("Сайт", 0.99), ("месяц", 0.5))
    )
    ranks = page.act("rank")["ranks"]
    assert sorted(ranks.values()) == [0, 1]
    assert set(ranks) == {sure, unsure}


def test_learning_is_switched_and_noted(page):
    learned = []
    page.widget._help._assistant.learn = lambda *_, **given: learned.append(given)
    page.code("Сайт")
    assert learned == []
    assert page.act("assist", on=True)["assisted"] == {"on": True, "notice": ""}
    page.code("коллег")
    assert learned == [{"now": True}, {}]
    page.act("assist", on=False)
    page.code("месяц")
    assert len(learned) == 2


# -- others -----------------------------------------------------------------------------------


def test_others_work_is_shown_on_refresh_and_hidden_in_blind_mode(page, project, text):
    source_id = project.frame("sources")["source_id"].iloc[0]
    with Project.open(project.path) as other:
        other.code(source_id, 13, 17, WEBSITE, coder="boris")
    page.widget.refresh()
    assert [c["row"]["coder"] for c in page.got[-1]["changes"]] == ["boris"]
    assert page.act("hello", seq=0)["op"] == "hello"
    answer = page.act("blind", on=True)
    assert answer["page"]["codings"] == []
    assert answer["page"]["blind"] is True
    with Project.open(project.path) as other:
        other.code(source_id, 20, 25, WEBSITE, coder="boris")
    page.widget.refresh()
    assert page.got[-1]["changes"] == []
    assert len(page.act("blind", on=False)["page"]["codings"]) == 2


def test_a_text_that_was_corrected_comes_whole(page, project, text):
    page.code("согласовывали месяц")
    turn = project.frame("turns").iloc[3]
    project.edit_turn(turn["turn_id"], "Договор долго согласовывали месяц.", coder="anna")
    page.widget.refresh()
    shown = page.got[-1]["page"]
    (coding,) = shown["codings"]
    assert shown["source"]["text"][coding["start"] : coding["end"]] == "согласовывали месяц"


def test_a_page_that_missed_answers_is_brought_up_to_date(page, text):
    seq = page.shown["seq"]
    page.code("Сайт")
    page.code("коллег")
    answer = page.act("hello", seq=seq)
    assert [c["op"] for c in answer["changes"]] == ["put", "put"]
    assert answer["since"] == seq
    assert page.act("hello", seq=10**9)["changes"] == []


def test_four_threads_lose_nothing(page, project, text):
    spans = [(at, at + 3) for at in range(13, 13 + 40)]
    errors = []

    def work(mine):
        try:
            for start, end in mine:
                page.act("code", start=start, end=end, code=WEBSITE)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(spans[i::4],)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert {m["op"] for m in page.got} == {"ack"}
    rows = stored(project)
    assert sorted(zip(rows["start"], rows["end"], strict=True)) == spans
    assert project.verify() == []


# -- what goes wrong --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ({"op": "code", "start": 5, "end": 5, "code": WEBSITE}, "span"),
        ({"op": "code", "start": 0, "end": 10**6, "code": WEBSITE}, "not inside the text"),
        ({"op": "code", "start": -1, "end": 4, "code": WEBSITE}, "start '-1'"),
        ({"op": "code", "start": 1.5, "end": 4, "code": WEBSITE}, "start '1.5'"),
        ({"op": "code", "start": True, "end": 4, "code": WEBSITE}, "start 'True'"),
        ({"op": "code", "start": 1, "end": 4, "code": "' OR 1=1 --"}, "has to be a code"),
        ({"op": "code", "start": 1, "end": 4, "code": "own:nothing"}, "no code 'own:nothing'"),
        ({"op": "code", "start": 1, "end": 4, "code": WEBSITE, "memo": "x" * 20_001}, "at most"),
        ({"op": "code", "start": 1, "end": 4, "code": WEBSITE, "memo": "\ud800"}, "in Unicode"),
        ({"op": "code", "start": 1, "end": 4, "code": WEBSITE, "id": "../x"}, "has to be an id"),
        ({"op": "delete", "coding": str(uuid.UUID(int=0))}, "has the id"),
        ({"op": "add_code", "slug": "b2b8:mine", "name": "x"}, "begins with own:"),
        ({"op": "add_code", "slug": "own:x", "name": " "}, "some words"),
        ({"op": "add_code", "slug": "own:x", "name": "x", "kind": "evil"}, "no kind 'evil'"),
        ({"op": "add_code", "slug": "own:x", "name": "x", "colour": "red;"}, "#rrggbb"),
        ({"op": "add_code", "slug": "own:x", "name": "x", "key": "ab"}, "one character"),
        ({"op": "decide", "coding": WEBSITE, "accept": "yes"}, "true or false"),
        ({"op": "decide", "coding": WEBSITE, "accept": True, "seconds": float("nan")}, "seconds"),
        (
            {"op": "split_code", "code": WEBSITE, "slug": "own:y", "name": "y", "codings": []},
            "list",
        ),
        ({"op": "drop_table"}, "no act 'drop_table'"),
        ({"op": ["code"]}, "no act"),
        ({}, "no act 'None'"),
    ],
)
def test_a_wrong_act_changes_nothing_and_is_told(page, project, message, told):
    before = project.seq
    page.widget._handle_custom_msg({"n": 7, "id": str(uuid.uuid4()), **message}, [])
    answer = page.got[-1]
    assert (answer["op"], answer["n"], answer["retry"]) == ("refused", 7, False)
    assert told in answer["reason"]
    assert "\n" not in answer["reason"]
    assert project.seq == before


KEYS = st.text(max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
OPS = st.sampled_from(
    ["code", "recode", "resize", "split", "annotate", "delete", "decide", "add_code", "blind",
     "change_code", "merge_codes", "split_code", "delete_code", "hello", "rank", "assist"]
)  # fmt: skip
FIELDS = st.sampled_from(
    ["start", "end", "code", "coding", "memo", "at", "accept", "seconds", "slug", "name", "kind",
     "key", "colour", "parent", "into", "codings", "on", "id", "seq", "definition"]
)  # fmt: skip


@settings(
    max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(op=OPS, fields=st.dictionaries(FIELDS, JSON, max_size=6))
def test_no_message_breaks_the_widget(page, project, op, fields):
    page.widget._handle_custom_msg({"n": 1, "id": str(uuid.uuid4()), **fields, "op": op}, [])
    assert page.got[-1]["op"] in ("ack", "refused", "hello", "ranks")
    assert page.got[-1].get("retry") is not True, page.got[-1]
    page.widget._handle_custom_msg(fields or "no message", [])
    assert stored(project).empty


def test_a_failing_disk_is_told_and_the_act_can_be_sent_again(page, project, text, monkeypatch):
    fails = sa.exc.OperationalError("INSERT", {}, Exception("database or disk is full"))

    def full(*_, **__):
        raise StoreError("not saved: database or disk is full") from fails

    act = {"id": str(uuid.uuid4()), "start": 13, "end": 17, "code": WEBSITE}
    with monkeypatch.context() as broken:
        broken.setattr(project, "code", full)
        answer = page.act("code", **act)
        assert (answer["op"], answer["retry"]) == ("refused", True)
        assert "disk is full" in answer["reason"]
        broken.setattr(project, "code", lambda *_, **__: 1 / 0)
        assert page.act("code", **act)["retry"] is True
    assert stored(project).empty
    assert page.act("code", **act)["op"] == "ack"
    assert len(stored(project)) == 1


# -- the static view --------------------------------------------------------------------------


def test_the_static_view_holds_the_codings_and_no_live_markup(page, tmp_path):
    page.code("Сайт")
    html = page.widget.to_html(tmp_path / "talk.html")
    assert (tmp_path / "talk.html").read_text(encoding="utf-8") == html
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert(1)" not in html


# -- the page's own files ---------------------------------------------------------------------


def test_the_module_is_all_files_in_order_and_each_is_short():
    files = sorted(SCRIPTS.glob("*.js"))
    module = coding_page.module()
    assert len(files) == len(coding_page._MODULES)
    for path in files:
        source = path.read_text(encoding="utf-8")
        assert source in module
        assert source.count("\n") <= 420, path.name
    assert module.rstrip().endswith("export default { render };")
    for path in SCRIPTS.glob("*.css"):
        assert path.read_text(encoding="utf-8") in coding_page.style()


def test_nothing_on_the_page_is_put_in_as_html_or_fetched():
    banned = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    banned += (
        r"|createContextualFragment|DOMParser|fetch\(|XMLHttpRequest|WebSocket|import\(|srcdoc"
    )
    assert re.findall(banned, coding_page.module()) == []
    assert re.findall(r"url\(|@import|https?:", coding_page.style()) == []


def test_every_phrase_that_the_page_says_is_there_and_none_is_idle():
    said = set(coding_words.all_of("en"))
    module = coding_page.module()
    quoted = set(re.findall(r"\"([a-z_]+)\"", module))
    built = {
        w
        for w in said
        if w.startswith(("kind_", "act_", "status_", "code_", "filter_", "order_", "mode_"))
    }
    assert set(re.findall(r"say\(\"([a-z_]+)\"", module)) <= said
    loud = {"failed_loud", "offline_loud"}
    assert said - quoted - built - loud == set()
    assert {f"kind_{kind}" for kind in schema.CODE_KINDS} <= said


def test_both_languages_say_the_same_things():
    english, russian = coding_words.all_of("en"), coding_words.all_of("ru")
    assert english.keys() == russian.keys()
    for key, phrase in english.items():
        assert phrase
        assert set(re.findall(r"{\w+}", phrase)) == set(re.findall(r"{\w+}", russian[key])), key
        assert re.search("[а-яё]", russian[key], re.IGNORECASE), key


# -- offsets ----------------------------------------------------------------------------------
# The page counts UTF-16 units, Python code points. This is the conversion of text.js, spelled in
# Python; test_coding_smoke.py runs the script itself on the same kind of text.

PIECES = ("й", "й", "é", "😀", "👨‍👩‍👧", "𝒳", "🇷🇺", "\n", " ", "слово", "a", "‍", "́", "\u2028", "𐍈")
TEXTS = st.lists(st.sampled_from(PIECES) | st.characters(exclude_categories=["Cs"]), max_size=20)


def units(text: str) -> list[int]:
    data = text.encode("utf-16-le")
    return [int.from_bytes(data[i : i + 2], "little") for i in range(0, len(data), 2)]


def is_pair(text: list[int], at: int) -> bool:
    return 0xD800 <= text[at] < 0xDC00 and at + 1 < len(text) and 0xDC00 <= text[at + 1] < 0xE000


def units_of(text: list[int], points: int) -> int:
    at = 0
    while points > 0 and at < len(text):
        at += 2 if is_pair(text, at) else 1
        points -= 1
    return at


def points_of(text: list[int], until: int) -> int:
    at = points = 0
    while at < until:
        if is_pair(text, at) and at + 1 == until:
            break
        at += 2 if is_pair(text, at) else 1
        points += 1
    return points


@settings(max_examples=10_000, deadline=None)
@given(parts=TEXTS, cut=st.tuples(st.integers(0, 99), st.integers(0, 99)))
def test_a_span_is_the_same_words_in_units_and_in_code_points(parts, cut):
    text = "".join(parts)
    start, end = sorted(at % (len(text) + 1) for at in cut)
    page = units(text)
    first, last = units_of(page, start), units_of(page, end)
    quote = b"".join(u.to_bytes(2, "little") for u in page[first:last]).decode("utf-16-le")
    assert quote == text[start:end]
    assert (points_of(page, first), points_of(page, last)) == (start, end)
