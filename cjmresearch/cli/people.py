"""Commands about people: consent, names taken out and brought back, leaks."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from cjmresearch.cli.arguments import one_line, pairs
from cjmresearch.errors import CjmError

_SUSPECTS = 30
"""Words like names that the command shows at most."""
_ANSWERS = {"yes": True, "да": True, "no": False, "нет": False}


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands about people: consent, names taken out and brought back, leaks."""
    sub = command("pseudonymise", _pseudonymise, "Write a project without names, and a key")
    sub.add_argument("project")
    sub.add_argument("new", help="the project to write; it must not exist")
    sub.add_argument("--key", help="the key to write; keep it apart (not needed to preview)")
    sub.add_argument(
        "--preview",
        nargs="?",
        const="",
        metavar="LIST.csv",
        help="only show what would be replaced; with a file, list each place to correct there",
    )
    sub.add_argument("--list", metavar="LIST.csv", help="replace as the corrected list says")

    sub = command("consent", _consent, "Say who agreed to be quoted; without ID, show it")
    sub.add_argument("project")
    sub.add_argument("people", nargs="*", metavar="ID=yes|no", help="participant id and answer")

    sub = command("restore", _restore, "Bring the names back with the key")
    sub.add_argument("project")
    sub.add_argument("new", help="the project to write; it must not exist")
    sub.add_argument("--key", required=True, help="the key that pseudonymise wrote")

    sub = command("scan", _scan, "Look for names of a key in files and folders; exit 1 where found")
    sub.add_argument("key")
    sub.add_argument("files", nargs="+", metavar="FILE")


def _pseudonymise(arguments: argparse.Namespace) -> None:
    from cjmresearch import privacy
    from cjmresearch.store import Project

    if arguments.preview is None and not arguments.key:
        raise CjmError("pseudonymise: give --key, the file that leads back to the names")
    with Project.open(arguments.project) as project:
        if arguments.preview:
            found = privacy.write_list(project, arguments.preview)
            print(f"list     {arguments.preview}  {len(found)} places; it holds originals")
            print("         no under replace keeps one; or write your own replacement; then --list")
            return
        given = privacy.read_list(project, arguments.list) if arguments.list else None
        replacements = privacy.preview(project) if given is None else given
        if arguments.preview is None:
            privacy.pseudonymise(
                project, arguments.new, key_path=arguments.key, replacements=replacements
            ).close()
    if arguments.preview is not None:
        columns = ["kind", "text", "replacement"]
        for (kind, text, new), count in replacements.groupby(columns).size().items():
            print(f"{count:6}  {kind:13} {one_line(text)!r} -> {new!r}")
        return
    print(f"project  {arguments.new}  {len(replacements)} replacements")
    print(f"key      {arguments.key}  keep it apart; it holds every original")


def _restore(arguments: argparse.Namespace) -> None:
    from cjmresearch import privacy
    from cjmresearch.store import Project

    with Project.open(arguments.project) as project:
        privacy.restore(project, arguments.key, arguments.new).close()
    print(f"project  {arguments.new}")


def _scan(arguments: argparse.Namespace) -> int:
    from cjmresearch import privacy

    key = privacy.Key.load(arguments.key)
    found = privacy.scan(arguments.files, key)
    for row in found.itertuples():
        doubt = "" if row.certain else "  perhaps another word"
        print(f"{row.path}  {row.place}  {row.kind}  {row.text!r}{doubt}")
    unknown = privacy.suspects(arguments.files, key)
    if not len(found):
        print(
            f"none of the {len(key.names)} originals of the key was found; "
            "names the key doesn't know can't be found this way"
        )
    if len(unknown):
        print(f"{len(unknown)} words look like names that the key doesn't know; read them:")
    for row in unknown.sort_values("confidence", ascending=False).head(_SUSPECTS).itertuples():
        print(f"  perhaps  {row.path}  {row.place}  {one_line(row.text)!r}  {row.count} times")
    if len(unknown) > _SUSPECTS:
        print(f"  and {len(unknown) - _SUSPECTS} more: privacy.suspects(files, key) gives them all")
    return 1 if len(found) else 0


def _consent(arguments: argparse.Namespace) -> None:
    import pandas as pd

    from cjmresearch.store import Project

    given = pairs(arguments.people, "consent") if arguments.people else {}
    wrong = [f"{who}={answer}" for who, answer in given.items() if answer.lower() not in _ANSWERS]
    if wrong:
        raise CjmError(f"{wrong[0]}: write it as ID=yes or ID=no")
    with Project.open(arguments.project) as project:
        known = project.frame("participants")["participant_id"].tolist()
        strangers = [who for who in given if who not in known]
        if strangers:
            raise CjmError(
                f"no participant {strangers[0]!r} in the project; it has {', '.join(known[:12])}"
            )
        if given:
            answers = [_ANSWERS[answer.lower()] for answer in given.values()]
            project.add_participants(
                pd.DataFrame({"participant_id": list(given), "consent": answers})
            )
        people = project.frame("participants")
    words = people["consent"].map({True: "yes", False: "no"}).astype("str").fillna("not asked")
    for who, answer in zip(people["participant_id"], words, strict=True):
        print(f"{who:12} {answer}")
