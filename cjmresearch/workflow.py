"""Chains of calls that the command line and the notebooks share: add, tag, demo."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from cjmresearch import schema, shipped
from cjmresearch.errors import CjmError
from cjmresearch.store import Project

if TYPE_CHECKING:
    from cjmresearch.read import Transcript

TABLES = (".csv", ".tsv", ".xlsx", ".sav", ".zsav")
Step = Callable[[str], None]


def read_files(
    paths: Iterable[str | Path],
    *,
    kind: str | None = None,
    voice: str = "customer",
    participants: Mapping[str, str] | None = None,
    roles: Mapping[str, str] | None = None,
    turns: Mapping[int, str] | None = None,
    questions: str | Path | None = None,
    remembered: pd.DataFrame | None = None,
    together: bool = False,
) -> list[Any]:
    """Read files as transcripts or surveys; `kind` None means: tables are surveys, but for talk.

    `participants` gives participant ids by speaker label, `roles` corrects the proposed roles;
    labels that stand in none of the files are an error. `turns` (position -> label) corrects who
    speaks, for one file whose turns carry no names; from there on the two speakers alternate.
    `questions` is the file of a question map for surveys; `remembered` [questions] is what the
    project knows of earlier waves, and serves the surveys that ask any of it. `together` takes the
    files for the channels of one talk. What is taken for granted is a note of the report.
    """
    from cjmresearch import read

    paths = list(paths)
    if turns and len(paths) != 1:
        raise CjmError("turns can be corrected in one file at a time; add it by itself")
    results: list[Any] = []
    if together:
        merged = read.transcript([Path(p) for p in paths], kind=kind or "interview", voice=voice)
        results.append(_corrected(merged, participants or {}, roles or {}, turns))
    for path in map(Path, () if together else paths):
        is_table = kind is None and path.suffix.lower() in TABLES
        talk = read.talk_columns(path) if is_table else None
        if kind == "survey" or (is_table and talk is None):
            results.append(_survey(path, questions, remembered))
            continue
        for transcript in read.transcripts(
            path, speakers=tuple(participants or ()), kind=kind or "interview", voice=voice
        ):
            corrected = _corrected(transcript, participants or {}, roles or {}, turns)
            results.append(_noted(corrected, _talk_note(talk)) if talk else corrected)
    labels = {label for result in results for label in result.speakers["speaker"]}
    for label in [*(participants or ()), *(roles or ())]:
        if label not in labels:
            shown = ", ".join(sorted(labels)[:8]) or "none"
            raise CjmError(f"no speaker {label!r} in the files; they have {shown}")
    return results


def _survey(path: Path, given: str | Path | None, remembered: pd.DataFrame | None) -> Any:
    """Read a survey with the map that is given, else with what the project knows of its questions.

    Other surveys of the project say nothing about this one.
    """
    from cjmresearch import read

    survey = read.survey(path, questions=Path(given) if given else None)
    if given or remembered is None:
        return survey
    asked = remembered["text"].isin(survey.questions["text"])
    earlier = remembered[remembered["survey_id"].isin(remembered.loc[asked, "survey_id"])]
    if earlier.empty:
        return survey
    note = (
        f"{int(asked.sum())} questions are read as in the project's earlier survey; "
        "--questions none reads them afresh"
    )
    return _noted(survey.with_questions(earlier.reset_index(drop=True)), note)


def _talk_note(columns: tuple[str, str]) -> str:
    speakers, words = columns
    return (
        f"read as talk, for the speakers in column {speakers!r} alternate over the words in "
        f"{words!r}; --kind survey reads a survey"
    )


def _noted(result: Any, note: str) -> Any:
    """Put a note into the report of what was read."""
    report = replace(result.report, notes=(*result.report.notes, note))
    return replace(result, report=report)


def add(project: Project, results: Sequence[Any]) -> list[str]:
    """Add what was read, all of it or nothing; a line a result on whom the project knew already.

    An id that differs from a known one in case, blanks or leading zeros only is told as well.
    """
    known = set(project.frame("participants")["participant_id"])
    ids = project.add_all(results)
    speakers = project.frame("speakers")
    lines = []
    for source_id, result in zip(ids, results, strict=True):
        people = speakers.loc[speakers["source_id"] == source_id, "participant_id"].dropna()
        lines.append(_known_already(result, set(people), known))
        known |= set(people)
    return lines


def _known_already(result: Any, people: set[str], known: set[str]) -> str:
    both, new = people & known, people - known
    line = f"people: {len(both)} known already, {len(new)} new"
    offered = set(result.speakers["participant_id"].dropna())
    if offered and not offered & people:
        line += f"; their ids begin otherwise ({min(people)}), for a file of that name is there"
    folded: dict[str, str] = {_folded(person): person for person in sorted(known)}
    twins = [(who, folded[_folded(who)]) for who in sorted(new) if _folded(who) in folded]
    if twins:
        shown = ", ".join(f"{who!r} and {other!r}" for who, other in twins[:5])
        more = f" and {len(twins) - 5} more" if len(twins) > 5 else ""
        line += f"\n  check: are they the same person? {shown}{more}"
    return line


def _folded(person: str) -> str:
    """Spell an id as people mix it up: `r03`, `R-3` and `R 03` are one."""
    bare = re.sub(r"[\W_]+", "", person.casefold())
    return re.sub(r"(?<!\d)0+(?=\d)", "", bare)


def _corrected(
    transcript: Transcript,
    participants: Mapping[str, str],
    roles: Mapping[str, str],
    turns: Mapping[int, str] | None,
) -> Transcript:
    """Apply what a person has said about speakers, as far as the transcript has them."""
    if turns:
        transcript = transcript.with_speakers(turns, onwards=True)
    here = set(transcript.speakers["speaker"])
    people = {label: who for label, who in participants.items() if label in here}
    corrections = {label: role for label, role in roles.items() if label in here}
    if people:
        transcript = transcript.with_participants(people)
    return transcript.with_roles(corrections) if corrections else transcript


def import_table(project: Project, path: str | Path, *, unplaced: list[str] | None = None) -> str:
    """Take in a CSV of codings, or of participants (it has a column participant_id); says what.

    Participants that are known are updated; columns `traits.x` become the trait `x`. A list given
    as `unplaced` takes the lines on codings that can't be placed, and the others come in.
    """
    from cjmresearch import read
    from cjmresearch.read.decode import decode, load

    path = Path(path)
    header = decode(path, load(path))[0].partition("\n")[0]
    if "participant_id" in header:
        separator = max(",;\t", key=header.count)
        people = pd.read_csv(io.StringIO(decode(path, load(path))[0]), dtype="str", sep=separator)
        project.add_participants(_participants(people))
        return f"{len(people)} participants"
    codings = read.codings(path, project.study(), unplaced=unplaced)
    added = project.add_codings(codings)
    known = len(codings) - added
    return f"{added} codings" + (f"; {known} were there already" if known else "")


def import_map(project: Project, path: str | Path) -> str:
    """Take in a map file (`.cjm.json`, `.mmd`); says what came.

    Items and links come with their ids, so that the same file twice adds nothing. A cell whose
    quotes are not in this project comes as a hypothesis. Stages are found by slug, then by name;
    unknown ones become a model of their own. What can't be linked here is left out and told.
    """
    from cjmresearch import export

    taken = export.taken(export.read_map(path), project.study())
    if len(taken.stages):
        project.add_codes(taken.stages)
    items, links = project.import_map(taken.items, taken.links)
    lines = [f"{items} items, {links} links"]
    if len(taken.stages):
        lines.append(f"{len(taken.stages)} new stages")
    if taken.unproven:
        lines.append(f"{taken.unproven} of the map's cells are hypotheses here")
    lines += [f"{n} {what} left out" for what, n in taken.left_out.items() if n]
    return "; ".join(lines)


def tag(project: Project, *, step: Step = lambda _: None) -> dict[str, int]:
    """Let rules and models suggest codes for the whole project; how many are new, by coder.

    The suggestions are those of `models.tag`: what rules find, and what models add. Running it
    again adds only what is new, and what rules have suggested there already isn't suggested a
    second time. Suggestions wait for a person's decision.
    """
    from cjmresearch import models, text

    step("sentences")
    study = project.study()
    segments = text.segments(study)
    step("models")
    suggested = models.tag(segments, codes=study.codes)
    step("saving")
    by_rules = study.codings[study.codings["coder"].str.startswith("rules:")]
    added: dict[str, int] = {}
    for coder, rows in _not_yet(suggested, by_rules).groupby("coder", sort=True):
        added[str(coder)] = project.add_codings(rows, coder=str(coder))
    return added


def _not_yet(codings: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Leave out suggestions whose code another coder has suggested for an overlapping passage."""
    if earlier.empty:
        return codings
    columns = ["source_id", "code_id", "start", "end", "coder"]
    pairs = codings[["coding_id", *columns]].merge(
        earlier[columns], on=["source_id", "code_id"], suffixes=("", "_then")
    )
    overlaps = (pairs["start"] < pairs["end_then"]) & (pairs["start_then"] < pairs["end"])
    again = pairs.loc[overlaps & (pairs["coder"] != pairs["coder_then"]), "coding_id"]
    return codings[~codings["coding_id"].isin(again)]


def demo_project(path: str | Path, *, language: str = "ru", step: Step = lambda _: None) -> Project:
    """Make a project of the fictional sample study: its interviews, survey and two coders."""
    from cjmresearch import personas, read

    folder = shipped.folder("sample")
    study_file = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))
    people = pd.read_csv(folder / "participants.csv", dtype="str")
    step("reading")
    results = [
        read.transcript(folder / row.file, participants={row.speaker: row.participant_id})
        for row in people.itertuples()
    ]
    survey = read.survey(folder / "survey.csv", questions=study_file["survey"])
    project = Project.create(
        path,
        goal=study_file["goal"][language],
        title=study_file["title"][language],
        journey=study_file["journey"],
    )
    step("adding")
    project.add_participants(_participants(people))
    project.add_all([*results, survey])
    step("codings")
    codings = read.codings(folder / "codings.csv", project.study())
    for coder, rows in codings.groupby("coder", sort=True):
        project.add_codings(rows, coder=str(coder))
    groups = {
        name[language]: list(people.loc[people["buying_role"].isin(roles), "participant_id"])
        for name, roles in ((g["name"], g["buying_roles"]) for g in study_file["personas"])
    }
    project.save_personas(*personas.by_hand(project.study(), groups))
    return project


def _participants(people: pd.DataFrame) -> pd.DataFrame:
    """Participants file -> frame [participants]; columns `traits.x` become the trait `x`."""
    traits = [c for c in people.columns if c.startswith("traits.")]
    known = [c for c in people.columns if c in schema.TABLES["participants"].names]
    frame = people[known].copy()
    if "consent" in people:
        answers = {"true": True, "yes": True, "да": True, "false": False, "no": False, "нет": False}
        frame["consent"] = people["consent"].str.strip().str.lower().map(answers)
    frame["traits"] = [
        {c.removeprefix("traits."): v for c, v in row.items() if isinstance(v, str)}
        for row in people[traits].to_dict("records")
    ]
    return schema.frame("participants", frame)


def demo(out: str | Path, *, language: str = "ru", step: Step = lambda _: None) -> Sequence[Path]:
    """Do the whole job on the sample study; returns the project file and the report.

    A project that an earlier demo has left, with whatever was coded in it, is kept and used.
    """
    from cjmresearch import report

    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    path = out / "sample.cjm"
    if path.exists():
        opened = Project.open(path)
    else:
        opened = demo_project(path, language=language, step=step)
    with opened as project:
        tag(project, step=step)
        step("report")
        return [path, *report.write(project.study(), out, language=language)]


@contextmanager
def steps(titles: Mapping[str, str], *, quiet: bool = False) -> Iterator[Step]:
    """Show a progress bar over named steps on the terminal; give the function that moves it."""
    from tqdm import tqdm

    with tqdm(
        total=len(titles), disable=quiet or None, bar_format="{l_bar}{bar}| {elapsed}"
    ) as bar:
        started = False

        def step(name: str) -> None:
            nonlocal started
            if started:
                bar.update()
            started = True
            bar.set_description(titles.get(name, name))

        yield step
        if started:
            bar.update()
