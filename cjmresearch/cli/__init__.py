"""The command line: parse arguments, call the library, print one line for what is wrong."""

from __future__ import annotations

import argparse
import json
import locale
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from cjmresearch import __version__
from cjmresearch.cli import exchange, pages, people
from cjmresearch.cli.arguments import include_option, one_line, pairs
from cjmresearch.errors import CjmError

if TYPE_CHECKING:
    import pandas as pd

STEPS = {
    "ru": {
        "reading": "Чтение файлов",
        "adding": "Запись в проект",
        "codings": "Разметка людей",
        "sentences": "Предложения",
        "models": "Правила и модели: точки контакта, боли, этапы, чувства",
        "saving": "Сохранение подсказок",
        "report": "Отчёт",
        "numbers": "Отчёт: числа",
        "curve": "Отчёт: кривая",
        "map": "Отчёт: карта, боли, возможности",
        "personas": "Отчёт: персоны",
        "audit": "Отчёт: проверка карты",
        "quotes": "Отчёт: цитаты",
        "html": "Отчёт: страница",
        "docx": "Отчёт: документ",
        "pptx": "Отчёт: слайды",
    },
    "en": {
        "reading": "Reading files",
        "adding": "Writing the project",
        "codings": "People's codings",
        "sentences": "Sentences",
        "models": "Rules and models: touchpoints, pains, stages, feelings",
        "saving": "Saving suggestions",
        "report": "Report",
        "numbers": "Report: numbers",
        "curve": "Report: curve",
        "map": "Report: map, pains, opportunities",
        "personas": "Report: personas",
        "audit": "Report: audit of the map",
        "quotes": "Report: quotes",
        "html": "Report: page",
        "docx": "Report: document",
        "pptx": "Report: slides",
    },
}
TAG_STEPS = ("sentences", "models", "saving")
TASKS = ("emotion", "sentiment", "pain", "suggestion")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 = done, 1 = `verify` found something, 2 = bad input, told in a line."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments) or 0)
    except CjmError as error:
        print(f"cjmresearch: {one_line(error)}", file=sys.stderr)
    except BrokenPipeError:
        # The reader of our output has closed it, as `head` does: nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"cjmresearch: {place}{error.strerror or error}", file=sys.stderr)
    except KeyboardInterrupt:
        print(
            "cjmresearch: stopped; the project is as the last finished step left it",
            file=sys.stderr,
        )
        return 130
    return 2


class _Parser(argparse.ArgumentParser):
    """A wrong command line is one line, as all bad input is."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"cjmresearch: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="cjmresearch",
        description="Interviews and surveys in; journey maps whose every mark can be opened out.",
    )
    parser.add_argument("--version", action="version", version=f"cjmresearch {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: Any, help_text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help_text, description=help_text)
        sub.set_defaults(run=run)
        sub.add_argument(
            "--lang", choices=("ru", "en"), default=_language(), help="language of the output"
        )
        sub.add_argument("--quiet", action="store_true", help="no progress bar")
        return sub

    sub = command("demo", _demo, "Do the whole job on the bundled sample study")
    sub.add_argument("--out", default="cjm-demo", help="folder for the results (%(default)s)")

    _material_commands(command)

    sub = command("tag", _tag, "Let rules and models suggest codes")
    sub.add_argument("project")

    sub = command("report", _report, "Write the report")
    sub.add_argument("project")
    sub.add_argument("--out", required=True, help="a file, or a folder for the report")
    sub.add_argument("--format", help="html, docx, pptx, comma-separated (by the ending of --out)")
    sub.add_argument(
        "--template",
        action="append",
        metavar="PATH",
        help="a folder of templates for html, a .docx or a .pptx; may be given for each format",
    )
    sub.add_argument(
        "--question",
        action="append",
        metavar="TEXT",
        help="what the study is to answer; repeatable",
    )
    include_option(sub)

    exchange.add(command)

    sub = command(
        "turns",
        _turns,
        "Show how a file is read: a JSON object a turn (from 1), the report on stderr",
    )
    sub.add_argument("file")
    _reading_options(sub)

    sub = command("classify", _classify, "Classify texts, one a line, into JSON lines")
    sub.add_argument("file", help="text file, or - for standard input")
    sub.add_argument("--task", choices=TASKS, required=True)
    sub.add_argument("--scheme", default="cx11", help="labels of the emotion task (%(default)s)")

    pages.add(command)
    people.add(command)

    sub = command("verify", _verify, "Check every quote, hash and event of a project")
    sub.add_argument("project")

    sub = command("lab", _lab, "Open JupyterLab on the notebooks")
    sub.add_argument("project", nargs="?")
    sub.add_argument("--folder", default="cjm-notebooks", help="where they go (%(default)s)")
    return parser


def _material_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    sub = command("new", _new, "Make a project file")
    sub.add_argument("project")
    sub.add_argument("--goal", required=True, help="what the study has to decide")
    sub.add_argument("--title", help="heading of the report")
    sub.add_argument("--journey", default="b2b8", help="journey model (%(default)s)")

    sub = command("add", _add, "Add transcripts and surveys to a project")
    sub.add_argument("project")
    sub.add_argument("files", nargs="+", metavar="FILE")
    _reading_options(sub)
    sub.add_argument(
        "--participant",
        action="append",
        default=[],
        metavar="LABEL=ID",
        help="participant id of a speaker; may be given several times",
    )

    sub.add_argument(
        "--questions",
        metavar="MAP",
        help="question map of surveys, as `questions` prints it; by default what the project knows "
        "of earlier waves, `none`: neither",
    )
    sub.add_argument(
        "--together",
        action="store_true",
        help="the files are channels of one talk (TextGrid, ELAN, JSON), merged by time",
    )

    sub = command("questions", _questions, "Print the map of a survey's questions, to be edited")
    sub.add_argument("file")
    sub.add_argument("--map", metavar="MAP", help="map of an earlier wave to begin with")


def _reading_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--kind",
        choices=("interview", "focus_group", "survey", "review", "call", "observation", "note"),
        help="what the files are; by default the rest are interviews, and tables "
        "surveys but where speakers alternate",
    )
    sub.add_argument("--voice", choices=("customer", "employee", "expert"), default="customer")
    sub.add_argument(
        "--role",
        action="append",
        default=[],
        metavar="LABEL=ROLE",
        help="correct a speaker: interviewer, participant or other; may be given several times",
    )
    sub.add_argument(
        "--turn",
        action="append",
        default=[],
        metavar="NUMBER=LABEL",
        help="correct who speaks a turn (from 1) and, by turns, those after it; may be given often",
    )


def _language() -> str:
    return "ru" if (locale.getlocale()[0] or "").lower().startswith("ru") else "en"


def _read(
    arguments: argparse.Namespace, files: Sequence[str], remembered: pd.DataFrame | None = None
) -> list[Any]:
    from cjmresearch import workflow

    given = getattr(arguments, "questions", None)
    return workflow.read_files(
        files,
        kind=arguments.kind,
        voice=arguments.voice,
        participants=pairs(getattr(arguments, "participant", ()), "participant"),
        roles=pairs(arguments.role, "role"),
        turns=_positions(arguments.turn),
        questions=None if given == "none" else given,
        remembered=None if given == "none" else remembered,
        together=getattr(arguments, "together", False),
    )


def _positions(given: Sequence[str]) -> dict[int, str]:
    turns = {}
    for text in given:
        position, _, label = text.partition("=")
        if not (position.isdecimal() and int(position) and label):
            raise CjmError(f"--turn {text!r}: write it as NUMBER=LABEL, as `turns` numbers them")
        turns[int(position) - 1] = label
    return turns


def _demo(arguments: argparse.Namespace) -> None:
    from cjmresearch import workflow

    with workflow.steps(STEPS[arguments.lang], quiet=arguments.quiet) as step:
        project, *reports = workflow.demo(arguments.out, language=arguments.lang, step=step)
    print(f"project  {project}")
    for path in reports:
        print(f"report   {path.resolve().as_uri()}")
    print(f"next     cjmresearch lab {project}")


def _new(arguments: argparse.Namespace) -> None:
    from cjmresearch.store import Project

    with Project.create(
        arguments.project, goal=arguments.goal, title=arguments.title, journey=arguments.journey
    ) as project:
        print(f"{project.address}: made; next: cjmresearch add {project.address} FILE...")


def _add(arguments: argparse.Namespace) -> None:
    from cjmresearch import workflow
    from cjmresearch.store import Project

    with Project.open(arguments.project) as project:
        results = _read(arguments, arguments.files, project.question_map())
        people = workflow.add(project, results)
    for result, line in zip(results, people, strict=True):
        print(f"{result.report}\n  {line}")


def _questions(arguments: argparse.Namespace) -> None:
    from cjmresearch import read

    given = Path(arguments.map) if arguments.map else None
    survey = read.survey(arguments.file, questions=given)
    for warning in survey.report.warnings:
        print(f"check: {one_line(warning)}", file=sys.stderr)
    print(read.question_map(survey), end="")


def _tag(arguments: argparse.Namespace) -> None:
    from cjmresearch import workflow
    from cjmresearch.store import Project

    titles = {name: STEPS[arguments.lang][name] for name in TAG_STEPS}
    with (
        Project.open(arguments.project) as project,
        workflow.steps(titles, quiet=arguments.quiet) as step,
    ):
        added = workflow.tag(project, step=step)
    for coder, count in added.items():
        print(f"{coder:24} {count:7} suggestions")


def _report(arguments: argparse.Namespace) -> None:
    from cjmresearch import report, workflow
    from cjmresearch.store import Project

    with Project.open(arguments.project) as project:
        study = project.study()
    formats = tuple(arguments.format.split(",")) if arguments.format else None
    names = (*report.STEPS, *(name for name in report.FORMATS if name in (formats or ("html",))))
    titles = {name: STEPS[arguments.lang][name] for name in names}
    with workflow.steps(titles, quiet=arguments.quiet) as step:
        paths = report.write(
            study,
            arguments.out,
            format=formats,
            include=arguments.include,
            language=arguments.lang,
            questions=arguments.question,
            template=arguments.template,
            step=step,
        )
    for path in paths:
        print(path.resolve().as_uri())


def _turns(arguments: argparse.Namespace) -> None:
    for result in _read(arguments, [arguments.file]):
        _print_turns(result)
        if not arguments.quiet:
            print(result.report, file=sys.stderr)


def _print_turns(result: Any) -> None:
    roles = dict(zip(result.speakers["speaker"], result.speakers["role"], strict=True))
    for turn in result.turns.itertuples():
        row = {
            "turn": turn.position + 1,
            "speaker": turn.speaker,
            "role": roles[turn.speaker],
            "prompt": _or_none(turn.prompt),
            "begin_s": _or_none(turn.begin_s),
            "end_s": _or_none(turn.end_s),
            "text": result.text[turn.start : turn.end],
        }
        print(json.dumps(row, ensure_ascii=False))


def _or_none(value: Any) -> Any:
    return None if value != value else value  # NaN alone differs from itself


def _classify(arguments: argparse.Namespace) -> None:
    from cjmresearch import models

    if arguments.file == "-":
        lines = sys.stdin.read().splitlines()
    else:
        try:
            lines = Path(arguments.file).read_text(encoding="utf-8-sig").splitlines()
        except UnicodeDecodeError:
            raise CjmError(f"{arguments.file}: not UTF-8; save it as UTF-8 text") from None
    frame = models.classify(lines, task=arguments.task, scheme=arguments.scheme)
    for row in frame.to_dict("records"):
        print(json.dumps(row, ensure_ascii=False, default=float))


def _verify(arguments: argparse.Namespace) -> int:
    from cjmresearch.store import Project

    with Project.open(arguments.project) as project:
        problems = project.verify()
        counts = {name: len(project.frame(name)) for name in ("sources", "codings", "events")}
    for line in problems:
        print(line)
    if problems:
        return 1
    print("all good: " + ", ".join(f"{n} {name}" for name, n in counts.items()))
    return 0


def _there(project: str) -> str:
    """Give a project as another folder's notebook opens it; refuses one that is not there."""
    if re.match(r"\w{2,}:/", project):
        raise CjmError(
            "the notebooks work on a copy of a project file; open a project on a server in a cell "
            "of your own, with cjm.Project.open(URL)"
        )
    if not Path(project).is_file():
        raise CjmError(f"{project}: no such project; make it with `cjmresearch new`")
    return str(Path(project).resolve())


def _lab(arguments: argparse.Namespace) -> int:
    from cjmresearch import shipped

    environment = dict(os.environ)
    if arguments.project:
        environment["CJM_PROJECT"] = _there(arguments.project)
    folder = Path(arguments.folder)
    folder.mkdir(parents=True, exist_ok=True)
    for notebook in sorted(shipped.folder("notebooks").glob("*.ipynb")):
        if not (folder / notebook.name).exists():  # a person's own work is never overwritten
            shutil.copy(notebook, folder)
    try:
        import jupyterlab  # noqa: F401 - asked for before a process is started
    except ImportError:
        raise CjmError(
            "JupyterLab is not installed; install it with pip install 'cjmresearch[lab]'"
        ) from None
    command = [sys.executable, "-m", "jupyter", "lab", "--notebook-dir", str(folder)]
    return subprocess.call(command, env=environment)  # noqa: S603 - our own argument list
