"""The researcher's job on real material: 18 interviews, an expert in Russian, 1,706 answers."""

from __future__ import annotations

import random
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cjmresearch import Project, cli

pytestmark = pytest.mark.slow


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
        assert row["quote"] in place_in_file(files[names[row["source_id"]]], turn["locator"])


def place_in_file(path: Path, locator: str) -> str:
    """Text of the file from the place that a locator names on, as the reader cleans it."""
    text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8-sig"))
    if path.suffix == ".csv":
        return survey_cell(path, locator)
    line = int(re.match(r"line (\d+)", locator).group(1))
    return "\n".join(text.splitlines()[line - 1 :])


def survey_cell(path: Path, locator: str) -> str:
    import csv

    row, column = re.match(r"row (\d+),? column (.+)", locator).groups()
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = list(csv.reader(file))[int(row) - 1]
    index = 0
    for letter in column.split()[0]:
        index = index * 26 + ord(letter) - ord("A") + 1
    return unicodedata.normalize("NFC", cells[index - 1].replace("\r\n", "\n"))


def test_experts_never_enter_a_customers_mean(made) -> None:
    from cjmresearch import aggregate

    with Project.open(made[0]) as project:
        study = project.study()
    expert = study.sources.loc[study.sources["file"].str.startswith("004"), "source_id"].iloc[0]
    observations = aggregate.observations(study, include="suggested")
    assert len(observations) > 1_000
    assert expert not in set(observations["source_id"])
