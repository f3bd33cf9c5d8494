"""Commands that write what a project holds into files, and take such files in."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from cjmresearch.cli.arguments import include_option

_BOOKS = (".codes.yaml", ".codes.yml", ".codes.csv")
_MAPS = (".cjm.json", ".mmd")
_EXPORTED = (
    "Write what the ending asks for: .csv codings, .voc.csv feelings and scores, .xlsx all tables; "
    ".codes.yaml or .codes.csv the codebook; the map as .cjm.json, .mmd, .svg or .png; paths as "
    ".xes or .cjml"
)
_IMPORTED = (
    "Take in a CSV of codings (quote or text, code, coder; file, turn from 1) or of participants, "
    "or a map (.cjm.json, .mmd)"
)


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands `export`, `import` and `codes`."""
    sub = command("export", _export, _EXPORTED)
    sub.add_argument("project")
    sub.add_argument("file")
    include_option(sub)
    sub.add_argument("--persona", help="the map of one persona (maps only)")
    sub.add_argument("--model", help="stages of another model, e.g. shop6 (maps only)")
    sub.add_argument("--map-type", help="current, day_in_life, future, blueprint (maps only)")

    sub = command("import", _import, _IMPORTED)
    sub.add_argument("project")
    sub.add_argument("file")
    sub.add_argument(
        "--partly", action="store_true", help="list what can't be placed; take the rest"
    )

    sub = command("codes", _codes, "Add the codes of a codebook file (.yaml, .csv) to a project")
    sub.add_argument("project")
    sub.add_argument("file")
    sub.add_argument(
        "--update", action="store_true", help="change codes that are there to what the file says"
    )


def _export(arguments: argparse.Namespace) -> None:
    from cjmresearch import codebooks, export, journey
    from cjmresearch.store import Project

    with Project.open(arguments.project) as project:
        study = project.study()
    if arguments.file.lower().endswith(_BOOKS):
        print(codebooks.write(study.codes, arguments.file))
        return
    map_ = None
    if arguments.persona or arguments.model or arguments.map_type:
        map_ = journey.build(
            study,
            persona=arguments.persona,
            model=arguments.model,
            map_type=arguments.map_type or "current",
            include=arguments.include,
        )
    print(
        export.write(
            study, arguments.file, include=arguments.include, language=arguments.lang, map_=map_
        )
    )


def _import(arguments: argparse.Namespace) -> None:
    from cjmresearch import workflow
    from cjmresearch.store import Project

    unplaced: list[str] | None = [] if arguments.partly else None
    with Project.open(arguments.project) as project:
        if arguments.file.lower().endswith(_MAPS):
            print(workflow.import_map(project, arguments.file))
        else:
            print(workflow.import_table(project, arguments.file, unplaced=unplaced))
    for line in unplaced or ():
        print(f"left out: {line}")


def _codes(arguments: argparse.Namespace) -> None:
    from cjmresearch import codebooks
    from cjmresearch.store import Project

    codes = codebooks.read(arguments.file)
    with Project.open(arguments.project) as project:
        added, changed = project.add_codes(codes, update=arguments.update)
    print(
        f"{added} codes added, {changed} changed, {len(codes) - added - changed} left as they were"
    )
