"""The researcher's job on real material: 18 interviews, an expert in Russian, 1,706 answers."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import originals
import pandas as pd
import pytest
from scipy import stats

from cjmresearch import Project, cli, journey, workflow
from cjmresearch.schema import Study

pytestmark = pytest.mark.slow
SLACK = 200
"""Characters by which a turn in the file is longer than as it was read: names, times, blanks."""
CELL = ("n_participants", "n_codings", "n_felt", "valence")
POINT = ("mean", "low", "high", "sd", "n_participants", "n_units", "n_codings", "machine_share")


class Evidence(HTMLParser):
    """Quotes of a report by the id of their coding."""

    def __init__(self) -> None:
        super().__init__()
        self.quotes: dict[str, str] = {}
        self._coding: str | None = None
        self._marked = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr":
            self._coding = given.get("data-coding")
        self._marked = self._marked or (tag == "mark" and self._coding is not None)

    def handle_endtag(self, tag: str) -> None:
        if tag == "mark":
            self._marked = False

    def handle_data(self, data: str) -> None:
        if self._marked and self._coding:
            self.quotes[self._coding] = self.quotes.get(self._coding, "") + data


@pytest.fixture(scope="module")
def files(shared_data: Path, seeds: Path) -> dict[str, Path]:
    paths = [
        *sorted((shared_data / "mlss_interviews" / "transcripts").glob("*.txt")),
        *seeds.glob("004*.txt"),
        shared_data / "jupyter_survey_2015_ux" / "20160115235816-SurveyExport.csv",
    ]
    return {path.name: path for path in paths}


@pytest.fixture(scope="module")
def made(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The project and its report, made on the command line."""
    folder = tmp_path_factory.mktemp("real")
    project = folder / "real.cjm"
    interviews = [str(p) for p in files.values() if not p.name.startswith("004")]
    expert = next(str(p) for p in files.values() if p.name.startswith("004"))
    assert cli.main(["new", str(project), "--goal", "what hinders daily work"]) == 0
    assert cli.main(["add", str(project), *interviews]) == 0
    roles = ["--role", "—1=interviewer", "--voice", "expert"]
    assert cli.main(["add", str(project), expert, *roles]) == 0
    assert cli.main(["tag", str(project), "--quiet"]) == 0
    assert cli.main(["verify", str(project)]) == 0
    report = ["report", str(project), "--out", str(folder), "--include", "suggested"]
    assert cli.main(report) == 0
    return project, folder / "report.html"


def test_everything_is_in_the_project(made, files) -> None:
    with Project.open(made[0]) as project:
        study = project.study()
    assert len(study.sources) == len(files)
    assert set(study.sources["file"]) == set(files)
    expert = study.speakers.merge(study.sources).query("file.str.startswith('004')")
    assert set(expert["voice"]) == {"expert"}
    assert len(study.turns.merge(expert[["source_id"]].drop_duplicates())) == 15
    survey = study.sources.loc[study.sources["kind"] == "survey", "source_id"].iloc[0]
    assert len(study.questions) == 37
    assert (study.turns["source_id"] == survey).sum() > 9_000


def test_ten_random_quotes_of_the_report_stand_where_it_says(made, files) -> None:
    page = Evidence()
    page.feed(made[1].read_text(encoding="utf-8"))
    assert len(page.quotes) > 50
    with Project.open(made[0]) as project:
        study = project.study()
    codings = study.codings.set_index("coding_id")
    names = study.sources.set_index("source_id")["file"]
    texts = study.current_texts
    for coding_id in random.Random(5).sample(sorted(page.quotes), 10):
        row = codings.loc[coding_id]
        assert texts[row["source_id"]][row["start"] : row["end"]] == row["quote"]
        shown = page.quotes[coding_id].removesuffix("…")
        assert row["quote"].startswith(shown)
        turn = study.turns.query(
            "source_id == @row.source_id and start <= @row.start and end >= @row.end"
        ).iloc[0]
        path = files[names[row["source_id"]]]
        within = turn["end"] - turn["start"] + SLACK
        assert originals.stands_at(path, turn["locator"], row["quote"], within=within)


def test_experts_never_enter_a_customers_mean(made) -> None:
    from cjmresearch import aggregate

    with Project.open(made[0]) as project:
        study = project.study()
    expert = study.sources.loc[study.sources["file"].str.startswith("004"), "source_id"].iloc[0]
    observations = aggregate.observations(study, include="suggested")
    assert len(observations) > 1_000
    assert expert not in set(observations["source_id"])


@pytest.fixture(scope="module", params=["real", "sample"])
def opened(request, sample: Path, tmp_path_factory) -> Iterator[tuple[Study, dict[str, Path]]]:
    """A frozen study with the files it was read from: the real one, and the one that ships."""
    if request.param == "real":
        with Project.open(request.getfixturevalue("made")[0]) as project:
            yield project.study(), request.getfixturevalue("files")
    else:
        path = tmp_path_factory.mktemp("sample") / "sample.cjm"
        with workflow.demo_project(path) as project:
            yield project.study(), {path.name: path for path in sample.iterdir()}


def numbers_of(map_: journey.JourneyMap) -> tuple[list[tuple], list[tuple]]:
    """List (cell, field, value) of every number on the map, and on its curve."""
    cells = map_.cells[map_.cells["code"].notna()]
    on_map = [
        ((row["layer"], row["stage"], row["code"]), field, row[field])
        for row in cells.to_dict("records")
        for field in CELL
    ]
    points = map_.curve.to_dict("records")
    on_curve = [(("curve", row["stage"]), field, row[field]) for row in points for field in POINT]
    known = [[n for n in numbers if pd.notna(n[2])] for numbers in (on_map, on_curve)]
    return known[0], known[1]


def mean(values: Iterable[float]) -> float:
    listed = list(values)
    return math.fsum(listed) / len(listed)


def by_hand(rows: pd.DataFrame) -> dict[str, float]:
    """Work out every number of a cell or point from its ledger, with no function of ours."""
    said: dict[object, dict[str, dict[str, list[tuple[float, float]]]]] = {}
    for row in rows[rows["valence"].notna()].to_dict("records"):
        alone = pd.isna(row["org_id"])
        unit = ("person", row["participant_id"]) if alone else ("firm", row["org_id"])
        coders = said.setdefault(unit, {}).setdefault(row["participant_id"], {})
        coders.setdefault(row["coder"], []).append((row["weight"], row["valence"]))
    units = [
        mean(
            mean(sum(w * v for w, v in given) / sum(w for w, _ in given) for given in c.values())
            for c in people.values()
        )
        for people in said.values()
    ]
    felt = rows[rows["valence"].notna()]
    machine = rows["machine"] | rows["stage_machine"]
    result = {
        "n_participants": rows["participant_id"].nunique(),
        "n_codings": rows["coding_id"].nunique(),
        "n_felt": felt["participant_id"].nunique(),
        "n_units": len(units),
        "machine_share": rows[machine]["coding_id"].nunique() / rows["coding_id"].nunique(),
    }
    if units:
        result["mean"] = result["valence"] = mean(units)
    if len(units) > 1:
        squares = math.fsum((unit - result["mean"]) ** 2 for unit in units)
        result["sd"] = math.sqrt(squares / (len(units) - 1))
        half = stats.t.ppf(0.975, len(units) - 1) * result["sd"] / math.sqrt(len(units))
        result["low"], result["high"] = result["mean"] - half, result["mean"] + half
    return result


@pytest.mark.parametrize("seed", [0])
def test_ten_random_numbers_are_their_quotes_and_these_stand_in_the_files(opened, seed) -> None:
    study, files = opened
    machine = (study.codings["status"] == "suggested").any()
    map_ = journey.build(study, include="suggested" if machine else "human")
    on_map, on_curve = numbers_of(map_)
    assert len(on_map) > 200
    assert len(on_curve) > 40
    draw = random.Random(seed)
    quotes = 0
    moods = [number for number in on_map if number[1] == "valence"]
    drawn = draw.sample(on_map, 3) + draw.sample(moods, 3) + draw.sample(on_curve, 4)
    for cell, field, value in drawn:
        ledger = map_.explain(cell)
        assert by_hand(ledger)[field] == pytest.approx(value, abs=1e-12, rel=0), (cell, field)
        quotes += assert_quotes_stand_in_the_files(ledger, study, files)
    assert quotes >= 10


def assert_quotes_stand_in_the_files(
    ledger: pd.DataFrame, study: Study, files: dict[str, Path]
) -> int:
    """Open the original of every quote of a ledger at the place its turn was read from."""
    names = study.sources.set_index("source_id")["file"]
    turns = dict(list(study.turns.sort_values("start").groupby("source_id")))
    texts = study.current_texts
    quoted = ledger.drop_duplicates("coding_id")
    for row in quoted.to_dict("records"):
        assert texts[row["source_id"]][row["start"] : row["end"]] == row["quote"]
        here = turns[row["source_id"]]
        turn = here.iloc[here["start"].searchsorted(row["start"], side="right") - 1]
        words = row["quote"][: turn["end"] - row["start"]]
        within = turn["end"] - turn["start"] + SLACK
        path = files[names[row["source_id"]]]
        assert originals.stands_at(path, turn["locator"], words, within=within), words[:80]
    return len(quoted)
