"""Words, speakers and codes corrected after coding: nothing shifts in silence, all can go back."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_store import TEXT, code_words, reading, snapshot, suggestion

from cjmresearch import Project, schema
from cjmresearch.errors import StoreError
from cjmresearch.store.anchors import Edit, Moves, apply, compare, compare_backwards

SOURCE = "source-беседа"


@pytest.fixture
def project(place: Path | str):
    with Project.create(place, goal="понять, где теряют доверие") as project:
        project.add(reading())
        yield project


def text_of(project: Project) -> str:
    return project.study().current_texts[SOURCE]


def quotes(project: Project) -> dict[str, str]:
    codings = project.frame("codings")
    return dict(zip(codings["coding_id"], codings["quote"], strict=True))


# -- where spans go -------------------------------------------------------------------------------

_WORDS = st.lists(
    st.sampled_from(["да", "нет", "цена", "цены", "сайт", "😀", "ждали", ",", "."]), max_size=14
)


@given(_WORDS, _WORDS)
def test_edits_found_by_comparing_give_the_new_text(old: list[str], new: list[str]) -> None:
    before, after = " ".join(old), " ".join(new)
    assert apply(before, compare(before, after)) == after
    assert apply(before, compare_backwards(before, after)) == after


@pytest.mark.parametrize(
    ("before", "after", "quote", "expected"),
    [
        ("цена высокая", "сегодня цена высокая", "высокая", "высокая"),
        ("цена высокая", "цена очень высокая", "цена высокая", "цена очень высокая"),
        ("ждли неделю ответа", "ждали неделю ответа", "ждли неделю", "ждали неделю"),
        ("ждли неделю", "ждали неделю", "ждли", "ждали"),
        ("да да, ждали", "да, ждали", "ждали", "ждали"),
        ("да да, ждали", "да, ждали", "да", None),  # which of the two went?
        ("сайт лежал весь день", "весь день", "сайт лежал", None),
        ("сайт лежал весь день", "сайт работал весь день", "лежал", None),
        ("сайт лежал весь день", "сайт работал весь день", "лежал весь", "работал весь"),
    ],
)
def test_a_span_goes_with_its_words_or_waits(
    before: str, after: str, quote: str, expected: str | None
) -> None:
    start = before.index(quote)
    placed = Moves.compared(before, after).place((start, start + len(quote)))
    assert (placed and after[slice(*placed)]) == expected


def edited(
    text: str, marks: list[tuple[int, int] | None], chance: random.Random, within: tuple[int, int]
):
    """One edit of a random kind, and where markers that are glued to their letters end up."""
    words = [m.span() for m in re.finditer(r"\w+", text) if within[0] <= m.start() < within[1]]
    start, end = words[chance.randrange(len(words))]
    kind = chance.choice(["typo", "drop", "put in", "replace", "double", "letter"])
    new = {
        "typo": text[start : end - 1] + chance.choice("аяx"),
        "drop": "",
        "put in": "",
        "replace": chance.choice(["ответа", "менеджер", "да", "price"]),
        "double": "",
        "letter": "",
    }[kind]
    if kind == "put in":
        end, new = start, chance.choice(["ну ", "да ", "сайт "])
    if kind == "double":
        start, new = end, " " + text[start:end]
    if kind == "letter":
        start, new = end, chance.choice("аы")
    tracked = []
    for mark in marks:
        if mark is None:
            tracked.append(None)
            continue
        low, high = mark
        grown = len(new) - (end - start)
        if end <= low:
            tracked.append((low + grown, high + grown))
        elif start >= high:
            tracked.append((low, high))
        elif low <= start and end <= high:
            tracked.append((low, high + grown))
        else:
            tracked.append(None)  # the edit cuts the marker: no place is right
    return Edit.exact(start, end, new), text[:start] + new + text[end:], tracked


def test_a_thousand_edits_by_pointing_shift_nothing_in_silence() -> None:
    silent, waited, right = shifted(edits_a_round=1, exact=True)
    assert silent == []
    assert right > 5 * waited > 0


@pytest.mark.parametrize("edits_a_round", [1, 2, 3])
def test_a_thousand_edits_found_by_comparing_shift_nothing_in_silence(edits_a_round: int) -> None:
    silent, waited, right = shifted(edits_a_round=edits_a_round, exact=False)
    assert silent == []
    assert right > 2 * waited > 0


def shifted(*, edits_a_round: int, exact: bool) -> tuple[list[tuple], int, int]:
    """A thousand rounds of edits: markers that moved wrongly, that wait, and that are right."""
    chance = random.Random(edits_a_round)
    vocabulary = ["да", "нет", "цена", "сайт", "лежал", "ждали", "ответа", "😀", "неделю"]
    text = first = " ".join(chance.choice(vocabulary) for _ in range(60))
    silent, waited, right = [], 0, 0
    for _ in range(1000):
        marks = [a_mark(text, chance) for _ in range(6)]
        after, tracked, edits = text, list(marks), []
        for number in reversed(range(edits_a_round)):  # far apart: else a marker knows no more
            part = len(text) // edits_a_round
            within = (part * number + 30 * (number > 0), part * (number + 1))
            edit, after, tracked = edited(after, tracked, chance, within)
            edits.append(edit)
        moves = Moves(text, [edits]) if exact else Moves.compared(text, after)
        for mark, target in zip(marks, tracked, strict=True):
            got = moves.place(mark)
            if got is None:
                waited += 1
            elif got == with_whole_words(after, target):
                right += 1
            else:
                silent.append((text[slice(*mark)], after[slice(*got)], edits))
        text = after if 200 < len(after) < 500 and "    " not in after else first
    return silent, waited, right


def with_whole_words(text: str, span: tuple[int, int] | None) -> tuple[int, int] | None:
    if span is None:
        return None
    start, end = span
    while start > 0 and text[start - 1 : start + 1].isalnum():
        start -= 1
    while end < len(text) and text[end - 1 : end + 1].isalnum():
        end += 1
    return start, end


def a_mark(text: str, chance: random.Random) -> tuple[int, int]:
    words = [m.span() for m in re.finditer(r"\w+", text)]
    first = chance.randrange(len(words))
    return words[first][0], words[min(first + chance.randrange(4), len(words) - 1)][1]


# -- in a project ---------------------------------------------------------------------------------


def turn_with(project: Project, words: str) -> str:
    turns, text = project.frame("turns"), text_of(project)
    for turn in turns.itertuples():
        if words in text[turn.start : turn.end]:
            return turn.turn_id
    raise AssertionError(words)


def test_a_corrected_turn_takes_everything_along_and_can_go_back(project: Project) -> None:
    before_word, inside, later = (
        code_words(project, w) for w in ("Ну", "на сайте 😀 цен", "звонили, звонили")
    )
    run = pd.DataFrame([suggestion("сайте"), suggestion("звонили")])
    project.add_codings(schema.frame("codings", run), coder="rules:touchpoints-1")
    decision = project.decide("suggested-сайте-touchpoints:website", coder="anna", accept=True)
    start = snapshot(project)
    turn = turn_with(project, "цен нет")
    assert project.edit_turn(turn, "Ну, на вашем сайте 😀 цен нет.", coder="boris") == []
    waiting = project.edit_turn(turn, "Ну, на вашем сайте 😀 цены нет.", coder="anna")
    assert waiting == []
    assert project.verify() == []
    now = quotes(project)
    assert now[before_word] == "Ну"
    assert now[inside] == "на вашем сайте 😀 цены"
    assert now[later] == "звонили, звонили"
    assert now[decision] == "сайте"
    assert project.frame("sources")["revision"].tolist() == [3]
    ends = [text_of(project)[t.start : t.end] for t in project.frame("turns").itertuples()]
    assert ends == ["Как нашли нас?", "Ну, на вашем сайте 😀 цены нет.", "А мне звонили, звонили."]
    edited_state = snapshot(project)
    assert project.undo("anna") == "edit"
    with pytest.raises(StoreError, match="changed later"):
        project.undo("anna")  # the decision: another coder's edit has moved it
    assert project.undo("boris") == "edit"
    assert snapshot(project) == start
    assert project.verify() == []
    assert [project.redo(coder) for coder in ("boris", "anna")] == ["edit", "edit"]
    assert snapshot(project) == edited_state
    assert project.verify() == []


def test_what_has_no_certain_place_waits_for_a_person(project: Project) -> None:
    lost, kept = code_words(project, "цен нет"), code_words(project, "на сайте")
    turn = turn_with(project, "цен нет")
    assert project.edit_turn(turn, "Ну, на сайте 😀 пусто.", coder="anna") == [lost]
    assert project.verify() == []
    waiting = project.waiting()
    assert waiting["quote"].tolist() == ["цен нет"]
    assert quotes(project) == {kept: "на сайте"}
    start = text_of(project).index("пусто")
    project.place(lost, start, start + 5, coder="boris")
    assert project.waiting().empty
    assert quotes(project)[lost] == "пусто"
    assert project.undo("boris") == "place"
    project.dismiss(lost, coder="boris")
    assert project.waiting().empty
    assert project.undo("boris") == "dismiss"
    assert project.waiting()["coding_id"].tolist() == [lost]
    assert project.undo("anna") == "edit"
    assert project.waiting().empty
    assert quotes(project)[lost] == "цен нет"
    assert project.verify() == []


def test_a_decision_waits_with_its_suggestion(project: Project) -> None:
    run = schema.frame("codings", pd.DataFrame([suggestion("сайте"), suggestion("звонили")]))
    project.add_codings(run, coder="rules:touchpoints-1")
    decision = project.decide("suggested-сайте-touchpoints:website", coder="anna", accept=True)
    waiting = project.edit_turn(turn_with(project, "цен нет"), "Ну, цен нет.", coder="anna")
    assert set(waiting) == {"suggested-сайте-touchpoints:website", decision}
    assert project.verify() == []
    assert project.undo("anna") == "edit"
    assert project.verify() == []
    assert len(project.frame("codings")) == 3


def test_an_edit_is_not_undone_under_later_codings(project: Project) -> None:
    project.edit_turn(turn_with(project, "цен нет"), "Ну, там цен нет вовсе.", coder="anna")
    start = text_of(project).index("звонили")
    project.code(SOURCE, start, start + 7, "feelings:irritation", coder="boris")
    with pytest.raises(StoreError, match="the edited text has been coded since"):
        project.undo("anna")
    assert project.verify() == []


def test_words_are_replaced_where_a_person_points(project: Project) -> None:
    second = TEXT.rindex("звонили")
    first = code_words(project, "звонили")
    project.replace_words(SOURCE, second - 2, second + 7, words="", coder="anna")
    assert text_of(project).endswith("А мне звонили.")
    assert quotes(project) == {first: "звонили"}
    with pytest.raises(StoreError, match="not inside one turn"):
        project.replace_words(SOURCE, 10, 40, words="x", coder="anna")
    turn = project.frame("turns").iloc[0]
    with pytest.raises(StoreError, match="nothing would be left"):
        project.replace_words(SOURCE, turn["start"], turn["end"], words="", coder="anna")
    with pytest.raises(StoreError, match="carriage return"):
        project.replace_words(SOURCE, second - 9, second - 8, words="\r", coder="anna")
    assert project.verify() == []


def test_a_turn_gets_its_right_speaker(project: Project) -> None:
    turn = turn_with(project, "цен нет")
    project.set_turn_speaker(turn, "Ольга", coder="anna")
    assert project.frame("turns").set_index("turn_id").loc[turn, "speaker"] == "Ольга"
    assert project.verify() == []
    project.undo("anna")
    assert project.frame("turns").set_index("turn_id").loc[turn, "speaker"] == "Павел"
    with pytest.raises(StoreError, match="no speaker 'Никто'"):
        project.set_turn_speaker(turn, "Никто", coder="anna")


# -- codings and codes ----------------------------------------------------------------------------


def test_codings_are_recoded_resized_split_and_annotated(project: Project) -> None:
    coding = code_words(project, "звонили, звонили")
    project.recode(coding, "feelings:impatience", coder="anna")
    start = TEXT.index("мне звонили")
    project.resize(coding, start, start + len("мне звонили, звонили"), coder="anna")
    second = project.split_coding(coding, TEXT.index(", звонили") + 1, coder="anna")
    assert quotes(project) == {coding: "мне звонили,", second: "звонили"}
    project.annotate(coding, coder="anna", memo="дважды", intensity=3)
    row = project.frame("codings").set_index("coding_id").loc[coding]
    assert (row["memo"], row["intensity"]) == ("дважды", 3)
    assert project.verify() == []
    acts = [project.undo("anna") for _ in range(5)]
    assert acts == ["annotate", "split", "resize", "recode", "code"]
    assert project.frame("codings").empty
    assert [project.redo("anna") for _ in range(6)][-2:] == ["annotate", None]
    assert project.verify() == []
    with pytest.raises(StoreError, match="has no colour"):
        project.annotate(coding, coder="anna", colour="red")
    with pytest.raises(StoreError, match="is not inside the coding"):
        project.split_coding(coding, 0, coder="anna")


def test_a_suggestion_is_decided_and_not_changed(project: Project) -> None:
    run = schema.frame("codings", pd.DataFrame([suggestion("сайте")]))
    project.add_codings(run, coder="rules:touchpoints-1")
    for act in (
        lambda: project.recode("suggested-сайте-touchpoints:website", "feelings:joy", coder="a"),
        lambda: project.resize("suggested-сайте-touchpoints:website", 5, 9, coder="a"),
    ):
        with pytest.raises(StoreError, match="decide it instead"):
            act()


def test_merging_codes_moves_their_codings_and_can_be_undone(project: Project) -> None:
    project.add_code("own:wait", kind="pain", name_ru="Ждали", coder="anna")
    project.add_code("own:queue", kind="pain", coder="anna", parent_id=None)
    child = project.add_code("own:hold", kind="pain", coder="anna")
    project.change_code("own:hold", coder="anna", parent_id="own:wait", colour="#112233")
    one = code_words(project, "звонили", "own:wait")
    twin = code_words(project, "цен нет", "own:wait")
    kept = code_words(project, "цен нет", "own:queue")
    run = pd.DataFrame([suggestion("сайте", "touchpoints:website")])
    run["code_id"] = project.frame("codes").set_index("slug").loc["own:wait", "code_id"]
    project.add_codings(schema.frame("codings", run), coder="rules:pains-1")
    before = snapshot(project)
    with pytest.raises(StoreError, match="still refer"):
        project.delete_code("own:wait", coder="anna")
    assert project.merge_codes("own:wait", "own:queue", coder="anna") == 3
    codings = project.frame("codings").set_index("coding_id")
    assert twin not in codings.index
    assert codings["code_id"].nunique() == 1
    assert {one, kept} <= set(codings.index)
    codes = project.frame("codes").set_index("slug")
    assert "own:wait" not in codes.index
    assert codes.loc["own:hold", "parent_id"] == codes.loc["own:queue", "code_id"]
    assert project.verify() == []
    assert project.undo("anna") == "merge"
    assert snapshot(project) == before
    assert project.verify() == []
    with pytest.raises(StoreError, match="below itself"):
        project.change_code("own:wait", coder="anna", parent_id=child)
    with pytest.raises(StoreError, match="only codes of one kind"):
        project.merge_codes("own:wait", "feelings:joy", coder="anna")


def test_random_edits_and_acts_undone_and_redone_end_where_they_were(project: Project) -> None:
    chance = random.Random(11)
    states = [snapshot(project)]
    for _ in range(25):
        text = text_of(project)
        turns = project.frame("turns").to_dict("records")
        turn = chance.choice(turns)
        words = [m.span() for m in re.finditer(r"\w+", text[turn["start"] : turn["end"]])]
        low, high = (turn["start"] + x for x in chance.choice(words))
        mine = project.frame("codings")
        kind = chance.choice(["code", "edit", "recode", "memo"])
        if kind == "code" or mine.empty:
            project.add_code(f"own:{len(states)}", kind="other", coder="anna")
            project.code(SOURCE, low, high, f"own:{len(states)}", coder="anna")
        elif kind == "edit":
            new = chance.choice(["слово", "x", ""]) if len(words) > 1 else "слово"
            project.replace_words(SOURCE, low, high, words=new, coder="anna")
        elif kind == "recode":
            coding = chance.choice(mine["coding_id"].tolist())
            project.recode(coding, f"feelings:{chance.choice(['hope', 'trust'])}", coder="anna")
        else:
            project.annotate(chance.choice(mine["coding_id"].tolist()), coder="anna", memo="!")
        assert project.verify() == []
        states.append(snapshot(project))
    while project.undo("anna"):
        pass
    assert snapshot(project)["codings"] == states[0]["codings"]
    while project.redo("anna"):
        pass
    assert snapshot(project) == states[-1]
    assert project.verify() == []


def test_a_deleted_coding_does_not_come_back_to_other_words(project: Project) -> None:
    coding = code_words(project, "звонили")
    project.delete_coding(coding, coder="anna")
    project.edit_turn(turn_with(project, "цен нет"), "Ну, цен нет.", coder="boris")
    with pytest.raises(StoreError, match="edited since"):
        project.undo("anna")
    project.undo("boris")
    assert project.undo("anna") == "delete"
    assert project.verify() == []


def test_a_span_does_not_come_back_to_an_equal_word_at_its_old_offset(project: Project) -> None:
    second = TEXT.rindex("звонили")
    coding = project.code(SOURCE, second, second + 7, "feelings:hope", coder="anna")
    project.resize(coding, 0, 3, coder="anna")
    first = TEXT.index("звонили")
    project.replace_words(SOURCE, first, first, words="звонили, ", coder="boris")
    assert text_of(project)[second : second + 7] == "звонили"  # another one
    with pytest.raises(StoreError, match="the text has been edited since"):
        project.undo("anna")
    project.undo("boris")
    assert project.undo("anna") == "resize"
    project.delete_coding(coding, coder="anna")
    project.replace_words(SOURCE, first, first, words="звонили, ", coder="boris")
    with pytest.raises(StoreError, match="the text has been edited since"):
        project.undo("anna")
    assert project.verify() == []


def test_an_act_is_not_undone_under_two_that_went_there_and_back(project: Project) -> None:
    now = project.blind
    for coder, blind in (("anna", not now), ("boris", now), ("boris", not now)):
        project.set_blind(blind, coder=coder)
    with pytest.raises(StoreError, match="changed later"):
        project.undo("anna")
    assert [project.undo(coder) for coder in ("boris", "boris", "anna")] == ["blind"] * 3


def test_a_code_is_not_undone_under_a_coding_that_came_and_went(project: Project) -> None:
    project.add_code("own:x", kind="pain", coder="anna")
    coding = code_words(project, "звонили", "own:x", coder="boris")
    project.delete_coding(coding, coder="boris")
    with pytest.raises(StoreError, match="acts that still stand"):
        project.undo("anna")
    assert [project.undo(coder) for coder in ("boris", "boris", "anna")][-1] == "codes"


def test_an_edit_is_not_undone_under_a_coding_that_came_and_went(project: Project) -> None:
    first = TEXT.index("звонили")
    project.replace_words(SOURCE, first, first, words="да ", coder="anna")
    project.code(SOURCE, first + 3, first + 10, "feelings:hope", coder="boris")
    project.delete_coding(project.frame("codings")["coding_id"].iloc[-1], coder="boris")
    with pytest.raises(StoreError, match="coded since"):
        project.undo("anna")


def test_an_edit_is_undone_though_acts_before_it_were_taken_back_after_it(project: Project) -> None:
    """The row whose end came back is gone by then: where it began is known from its going."""
    before = text_of(project)
    start = before.index("Как нашли")
    coding = project.code(SOURCE, start, start + 9, "feelings:hope", coder="anna")
    project.resize(coding, start, start + 3, coder="anna")
    at = before.index("цен")
    project.replace_words(SOURCE, at, at + 3, words="цены", coder="boris")
    assert [project.undo("anna"), project.undo("anna")] == ["resize", "code"]
    assert project.undo("boris") is not None
    assert text_of(project) == before
    assert project.verify() == []


def test_a_speaker_is_not_undone_under_an_edit(project: Project) -> None:
    project.set_turn_speaker(turn_with(project, "цен нет"), "Ольга", coder="anna")
    project.edit_turn(turn_with(project, "цен нет"), "Ну, цен нет.", coder="boris")
    with pytest.raises(StoreError, match="turns: changed later"):
        project.undo("anna")


def test_a_suggestion_is_placed_and_deleted_within_its_run(project: Project) -> None:
    run = schema.frame("codings", pd.DataFrame([suggestion("сайте"), suggestion("звонили")]))
    project.add_codings(run, coder="rules:touchpoints-1")
    before = project.hash()
    at = TEXT.index("сайте")
    (lost,) = project.replace_words(SOURCE, at, at + 5, words="складе", coder="anna")
    project.place(lost, at, at + 6, coder="boris")
    assert project.verify() == []
    project.delete_coding(lost, coder="boris")
    assert project.verify() == []
    assert [project.undo(coder) for coder in ("boris", "boris", "anna")][-1] == "edit"
    assert project.hash() == before
    assert project.verify() == []


@given(_WORDS, _WORDS)
def test_a_span_that_stays_lies_where_the_edit_left_all_alone(
    old: list[str], new: list[str]
) -> None:
    before = " ".join(old)
    moves = Moves.compared(before, " ".join(new))
    for low, high in moves.still():
        assert before[low:high] == moves.after[low:high]
    for start in range(len(before)):
        for end in range(start + 1, len(before) + 1):
            same = before[start:end] == moves.after[start:end]
            if moves.edits and moves.place((start, end)) == (start, end) and same:
                assert any(a <= start and (b is None or end <= b) for a, b in moves.still())
