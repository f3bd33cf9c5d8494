"""`QuestionEditor`: what each question of a survey asks, seen, corrected and kept for later."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cjmresearch import codebooks, read, schema
from cjmresearch.errors import CjmError
from cjmresearch.read.fitting import TYPES, plain_number
from cjmresearch.read.question_maps import FIELDS, load_map
from cjmresearch.read.surveys import Survey
from cjmresearch.store import Project
from cjmresearch.widgets.asked import ENDS, SCALED, Asked, OfProject, OfSurvey
from cjmresearch.widgets.editor import Editor, choice, column
from cjmresearch.widgets.words import LANGUAGES, correcting

_NUMBER = re.compile(r"[-+−]?\d+(?:[.,]\d+)?")
_TITLE = 70


class QuestionEditor(Editor):
    """See and correct what the questions of a survey ask; keep it as a map for the next wave.

    Nothing is written until `save` or its button; `survey` is the corrected survey. For a survey
    in a project each correction is an act, written at once, and type and personal data, which
    decide what is read from the file, can't change.

    Parameters
    ----------
    source
        A `Survey`, or an open `Project`.
    survey_id
        The survey in the project; needed where it has several.
    project
        Whose stages and touchpoints can be chosen; by default those of `journey`.
    journey
        Stages to choose from where no project is given.
    language
        `ru` or `en`.
    coder
        Who corrects, for the log of the project.
    """

    def __init__(
        self,
        source: Survey | Project,
        survey_id: str | None = None,
        *,
        project: Project | None = None,
        journey: str = "b2b8",
        language: str = "ru",
        coder: str = "import",
    ) -> None:
        if language not in LANGUAGES:
            raise CjmError(f"language {language!r}: choose one of {', '.join(LANGUAGES)}")
        self._language = language
        self._asked = _asked(source, survey_id, coder)
        self._original = self._asked.fields()
        self._fields = {i: dict(fields) for i, fields in self._original.items()}
        self._evidence = self._asked.evidence(language)
        self._doubts = dict(
            zip(self._evidence["question_id"], self._evidence["doubt"].fillna(""), strict=True)
        )
        places = source if isinstance(source, Project) else project
        self._places = _places(places, journey, language)
        super().__init__(
            columns=_columns(self._places, language),
            words=_words(language, saves=isinstance(self._asked, OfSurvey)),
            path=f"{source.report.path.stem}.map.yaml" if isinstance(source, Survey) else "",
        )
        self._say(self._summary())
        self._draw()

    # -- for the next cell of a notebook ----------------------------------------------------------

    @property
    def survey(self) -> Survey:
        """The survey with the corrections; `ReadError` where one can't be, e.g. a turned scale."""
        with self._lock:
            return self._of_survey("survey").survey

    @property
    def questions(self) -> pd.DataFrame:
        """One row a question: question, type, doubt and the other fields, as the table shows."""
        rows = [
            {"question": text, **self._fields[i], "doubt": self._doubts[i] or None}
            for i, text in self._texts().items()
        ]
        return pd.DataFrame(rows).convert_dtypes()

    def correct(self, question: str, **fields: Any) -> None:
        """Correct one question from code, by its words or its column: what the table does.

        Fields as in a question map: `editor.correct("Почему?", type="open", stage="b2b8:use")`.
        """
        rows = self._evidence
        found = rows[(rows["question"] == question) | (rows["column"] == question)]
        if found.empty:
            raise CjmError(f"no question {question!r}; give its words or the name of its column")
        with self._lock:
            for name, value in sorted(fields.items(), key=lambda pair: pair[0] != "type"):
                self._set([found["question_id"].iloc[0]], name, value)
            self._say(self._summary())
            self._draw()

    def save(self, path: str | Path) -> Path:
        """Write the question map as YAML; another file is never written over."""
        path = Path(path)
        text = read.question_map(self._of_survey("save").survey)
        if path.exists() and path.stat().st_size:
            load_map(path)
        path.write_text(text, encoding="utf-8", newline="\n")
        self._say(correcting("saved", self._language, path=str(path)))
        return path

    def load(self, path: str | Path) -> list[str]:
        """Apply a question map; returns what it and the survey don't share, in words."""
        with self._lock:
            self._fields, remarks = self._of_survey("load").loaded(Path(path))
            self._take()
            self._doubts = {i: self._doubt(i) for i in self._fields}
            self._say("\n".join([correcting("loaded", self._language, path=path), *remarks]))
            self._draw()
        return remarks

    def __repr__(self) -> str:
        changed = sum(self._is_changed(i) for i in self._fields)
        doubts = sum(map(bool, self._doubts.values()))
        return f"QuestionEditor(questions={len(self._fields)}, changed={changed}, doubts={doubts})"

    # -- what the page asks for -------------------------------------------------------------------

    def _act(self, message: Mapping[str, Any]) -> None:
        op = message.get("op")
        if op in ("save", "load"):
            if not message.get("path"):
                raise CjmError(correcting("no_path", self._language))
            (self.save if op == "save" else self.load)(message["path"])
            return
        super()._act(message)

    def _set(self, ids: Sequence[str], field: str, value: Any) -> None:
        if field not in FIELDS:
            raise CjmError(f"no {field!r}; allowed: {', '.join(FIELDS)}")
        if field in self._asked.fixed:
            raise CjmError(correcting("fixed", self._language))
        value = _given(field, value, self._language)
        before = {i: dict(self._fields[i]) for i in ids}
        for i in ids:
            self._fields[i][field] = value
            if field == "type":
                self._fields[i].update(self._asked.retyped(i, value))
        try:
            self._take()
        except CjmError:
            self._fields.update(before)
            raise
        self._doubts.update({i: self._doubt(i) for i in ids})

    def _reset(self, ids: Sequence[str]) -> None:
        for i in ids:
            self._fields[i] = dict(self._original[i])
        self._take()
        self._doubts.update({i: self._doubt(i) for i in ids})

    def _take(self) -> None:
        self._asked.apply({i: f for i, f in self._fields.items() if f != self._original[i]})

    def _doubt(self, question_id: str) -> str:
        fields = self._fields[question_id]
        for place, known in self._places.items():
            slug = fields[place]
            if slug is not None and slug not in dict(known):
                return correcting("no_code", self._language, slug=slug)
        return self._asked.doubt(question_id, fields, self._language)

    def _of_survey(self, what: str) -> OfSurvey:
        if not isinstance(self._asked, OfSurvey):
            raise CjmError(f"{what}: the survey is in the project already; use the project")
        return self._asked

    # -- drawing ----------------------------------------------------------------------------------

    def _texts(self) -> dict[str, str]:
        return dict(zip(self._evidence["question_id"], self._evidence["question"], strict=True))

    def _is_changed(self, question_id: str) -> bool:
        return self._fields[question_id] != self._original[question_id]

    def _drawn(self) -> list[dict[str, Any]]:
        return [self._row(row) for row in self._evidence.to_dict("records")]

    def _row(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        i, group = evidence["question_id"], evidence["group"]
        fields = self._fields[i]
        values = {name: _shown(name, fields[name], self._language) for name in FIELDS}
        off = [*self._asked.fixed] if "type" in self._asked.fixed else []
        if fields["type"] != "scale":
            off += [name for name in SCALED if fields[name] is None]
        hidden = pd.isna(evidence["examples"]) or bool(fields["pii"])
        doubt, title = self._doubts[i], str(evidence["question"])
        group_title = "" if pd.isna(group) else _group_title(group, title)
        inside = not pd.isna(group) and title.startswith(group) and len(group) > 4
        tags = [str(fields["type"]), *["check"] * bool(doubt), *["left_out"] * bool(fields["pii"])]
        return {
            "id": i,
            "title": title[len(group) :].lstrip(" -–—") if inside else title,
            "key": f"{evidence['column']} {group_title}",
            "note": self._note(evidence),
            "samples": [] if hidden else str(evidence["examples"]).split(" | "),
            "values": values,
            "off": off,
            "problem": doubt,
            "changed": self._is_changed(i),
            "tags": [*tags, *["changed"] * self._is_changed(i)],
            "group": None if pd.isna(group) else f"{group}",
            "group_title": group_title,
        }

    def _note(self, evidence: Mapping[str, Any]) -> str:
        named = evidence["column"] != evidence["question"]
        parts = [evidence["column"]] if named else []
        parts.append(evidence["why"])
        if evidence["detected"] != self._fields[evidence["question_id"]]["type"]:
            was = TYPES[evidence["detected"]][self._language]
            parts.append(correcting("was", self._language, type=was))
        return " · ".join(parts)

    def _summary(self) -> str:
        changed = sum(self._is_changed(i) for i in self._fields)
        doubts = sum(map(bool, self._doubts.values()))
        parts = [correcting("changed", self._language, n=changed)] if changed else []
        parts += [correcting("doubts", self._language, n=doubts)] if doubts else []
        return " · ".join(parts)


def _asked(source: Survey | Project, survey_id: str | None, coder: str) -> Asked:
    if isinstance(source, Survey):
        return OfSurvey(source)
    if survey_id is None:
        surveys = list(dict.fromkeys(source.frame("questions")["survey_id"]))
        if len(surveys) != 1:
            raise CjmError(
                f"the project has {len(surveys)} surveys; name one by its source_id: "
                f"{', '.join(surveys) or 'add one first'}"
            )
        survey_id = surveys[0]
    return OfProject(source, survey_id, coder=coder)


def _places(
    project: Project | None, journey: str, language: str
) -> dict[str, list[tuple[str, str]]]:
    """Stages of the model in order, and touchpoints, as pairs of slug and name."""
    if project is None:
        codes = codebooks.default(journey=journey)
    else:
        codes = project.frame("codes")
        journey = project.frame("project")["journey_model"].iloc[0]
    stages = codes[(codes["kind"] == "stage") & (codes["scheme"] == journey)]
    points = codes[codes["kind"] == "touchpoint"]
    name = f"name_{language}"
    return {
        place: list(zip(rows["slug"], rows[name], strict=True))
        for place, rows in (("stage", stages.sort_values("position")), ("touchpoint", points))
    }


def _columns(
    places: Mapping[str, Sequence[tuple[str, str]]], language: str
) -> list[dict[str, Any]]:
    def say(name: str) -> str:
        return correcting(name, language)

    def end(field: str, **more: str) -> dict[str, Any]:
        return {"kind": "number", "field": field, "label": say(field), **more}

    types = [(t, TYPES[t][language]) for t in schema.QUESTION_TYPES]
    metrics = [(m, say(m)) for m in schema.METRICS]
    ways = [("yes", say("higher")), ("no", say("lower"))]
    points = places["touchpoint"]
    return [
        column(
            "type",
            say("type"),
            choice("type", say("kind"), types),
            end("scale_min"),
            end("scale_max", joint="–"),
            choice("metric", say("metric"), metrics, blank=say("no_metric")),
            choice("higher_is_better", say("better"), ways, blank=say("no_better")),
        ),
        column(
            "place",
            say("place"),
            choice("stage", say("stage"), places["stage"], blank=say("no_stage")),
            choice("touchpoint", say("touchpoint"), points, blank=say("no_touchpoint")),
        ),
        column(
            "pii",
            say("leave_out"),
            {"kind": "check", "field": "pii", "label": say("leave_out")},
            hint=say("leave_out_hint"),
        ),
    ]


def _words(language: str, *, saves: bool) -> dict[str, Any]:
    """Phrases of the page; the tags are what rows can be chosen by."""
    names = ("search", "show", "nothing", "reset", "mixed", "members", "to_check", "file")
    words: dict[str, Any] = {name: correcting(name, language) for name in names}
    tags = [("", "all"), *((t, t) for t in schema.QUESTION_TYPES)]
    tags += [("check", "check"), ("changed", "corrected"), ("left_out", "left_out")]
    named = [
        (tag, TYPES[tag][language] if tag in TYPES else correcting(word, language))
        for tag, word in tags
    ]
    words |= {"name": "questions", "language": language, "tags": named}
    words["first"] = correcting("question", language)
    words["table"] = correcting("questions", language)
    if saves:
        words |= {name: correcting(name, language) for name in ("save", "load")}
    return words


def _given(field: str, value: Any, language: str) -> Any:
    """Turn what a control or a person gives into the value of a field."""
    if value is None or value == "" or (isinstance(value, float) and pd.isna(value)):
        if field in ("type", "pii"):
            raise CjmError(f"{field}: can't be blank")
        return None
    if field in ENDS:
        if isinstance(value, bool) or not _NUMBER.fullmatch(str(value)):
            raise CjmError(correcting("no_number", language, value=value))
        return float(str(value).replace(",", ".").replace("−", "-"))
    if field == "higher_is_better":
        value = {"yes": True, "no": False}.get(value, value)
    if field in ("higher_is_better", "pii") and not isinstance(value, bool):
        raise CjmError(f"{field} is {value!r}; give True or False")
    allowed = {"type": schema.QUESTION_TYPES, "metric": schema.METRICS}
    if field in allowed and value not in allowed[field]:
        raise CjmError(f"no {field} {value!r}; allowed: {', '.join(allowed[field])}")
    return value


def _shown(field: str, value: Any, language: str) -> Any:
    """Give a field as its control shows it."""
    if field == "pii":
        return bool(value)
    if value is None:
        return ""
    if field == "higher_is_better":
        return "yes" if value else "no"
    return plain_number(value, language) if field in ENDS else value


def _group_title(group: str, first: str) -> str:
    """Name a group by the words that its questions share, or by its number and first question."""
    if not group.rstrip(".").isdigit():
        return group
    words = first.split(maxsplit=1)[-1]
    return f"{group} {words if len(words) <= _TITLE else words[: _TITLE - 1] + '…'}"
