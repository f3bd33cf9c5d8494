"""People's paths as XML: an event log (XES) and a journey diagram (CJML). Written, never read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pandas as pd

from cjmresearch.errors import CjmError
from cjmresearch.export.steps import steps
from cjmresearch.journey import JourneyMap

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_XES = "http://www.xes-standard.org/"
_ORIGIN = datetime(1970, 1, 1, tzinfo=UTC)


def xes(map_: JourneyMap, *, language: str = "ru") -> str:
    """Write people's paths as an event log, a trace a person: IEEE 1849 XES.

    Where only the order of telling is known, the n-th step stands at n seconds after 1970-01-01
    and says so (`cjm:time` is `told`): no time is invented. A future map has no paths.
    """
    rows = _paths(map_)
    names = map_.names(language)
    people = map_.study.participants.set_index("participant_id")["pseudonym"]
    log = ElementTree.Element("log", {"xes.version": "1849.2016", "xmlns": _XES})
    for prefix, title in (("concept", "Concept"), ("time", "Time")):
        uri = f"{_XES}{prefix}.xesext"
        ElementTree.SubElement(log, "extension", {"name": title, "prefix": prefix, "uri": uri})
    scope = ElementTree.SubElement(log, "global", {"scope": "event"})
    _attribute(scope, "concept:name", "")
    _attribute(scope, "time:timestamp", _ORIGIN)
    _attribute(log, "concept:name", map_.study.goal)
    for person, mine in rows.groupby("participant_id", sort=False):
        trace = ElementTree.SubElement(log, "trace")
        _attribute(trace, "concept:name", str(person))
        _attribute(trace, "cjm:pseudonym", str(people[person]))
        for step in mine.itertuples():
            _event(trace, step, names)
    return _text(log)


def _event(trace: ElementTree.Element, step: Any, names: dict[str, str]) -> None:
    event = ElementTree.SubElement(trace, "event")
    _attribute(event, "concept:name", names[step.stage])
    known = pd.notna(step.begin)
    at = step.begin.to_pydatetime() if known else _ORIGIN + timedelta(seconds=int(step.order))
    _attribute(event, "time:timestamp", at)
    _attribute(event, "cjm:time", "happened" if known else "told")
    _attribute(event, "cjm:stage", step.stage)
    _attribute(event, "cjm:order", int(step.order))
    for key in ("touchpoint", "channel", "ownership"):
        value = getattr(step, key)
        if isinstance(value, str):
            _attribute(event, f"cjm:{key}", value)
    if pd.notna(step.valence):
        _attribute(event, "cjm:valence", float(step.valence))


def _attribute(parent: ElementTree.Element, key: str, value: str | int | float | datetime) -> None:
    kind = {str: "string", int: "int", float: "float"}.get(type(value), "date")
    if isinstance(value, datetime):
        text = value.isoformat(timespec="milliseconds")
    else:
        text = repr(value) if isinstance(value, float) else _clean(str(value))
    ElementTree.SubElement(parent, kind, {"key": key, "value": text})


def cjml(map_: JourneyMap, *, language: str = "ru") -> str:
    """Write people's paths in the Customer Journey Modelling Language, version 2.0.

    An actual journey a person, a communication point a step, with initiator, receiver, channel and
    experience; a future map is one planned journey of its actions and touchpoints, which has no
    experience, as the language demands.
    """
    root = ElementTree.Element("cjml", {"version": "2.0"})
    _child(root, "title", map_.study.goal)
    if map_.map_type == "future":
        _planned(root, map_, language)
    else:
        people = map_.study.participants.set_index("participant_id")["pseudonym"]
        for person, mine in _paths(map_).groupby("participant_id", sort=False):
            _actual(root, map_, (str(person), str(people[person])), mine, language)
    return _text(root)


def _journey(root: ElementTree.Element, kind: str, person: tuple[str, str]) -> ElementTree.Element:
    journey = ElementTree.SubElement(root, kind, {"id": _clean(person[0])})
    actors = ElementTree.SubElement(journey, "actors")
    user = ElementTree.SubElement(actors, "actor", {"id": "user", "type": "endUser"})
    user.text = _clean(person[1])
    ElementTree.SubElement(actors, "actor", {"id": "provider", "type": "serviceProvider"})
    return journey


def _actual(
    root: ElementTree.Element,
    map_: JourneyMap,
    person: tuple[str, str],
    mine: pd.DataFrame,
    language: str,
) -> None:
    names = map_.names(language)
    journey = _journey(root, "actualJourney", person)
    for step in mine.itertuples():
        touch = isinstance(step.touchpoint, str)
        point = ElementTree.SubElement(
            journey, "communicationPoint" if touch else "action", {"order": str(step.order)}
        )
        _child(point, "name", names[step.touchpoint] if touch else names[step.stage])
        _child(point, "stage", names[step.stage])
        _child(point, "initiator", "user")
        if touch:
            _child(point, "receiver", "provider")
            _child(point, "channel", step.channel if isinstance(step.channel, str) else "unknown")
        _child(point, "timeCompleted", step.begin.isoformat() if pd.notna(step.begin) else "")
        if pd.notna(step.valence):
            _child(point, "experience", repr(float(step.valence)))


def _planned(root: ElementTree.Element, map_: JourneyMap, language: str) -> None:
    names = map_.names(language)
    journey = _journey(root, "plannedJourney", ("planned", map_.persona or ""))
    order = {stage: i for i, stage in enumerate(map_.stages["stage"])}
    shown = map_.cells[map_.cells["layer"].isin(["touchpoints", "actions"])]
    shown = shown.assign(at=shown["stage"].map(order)).sort_values("at", kind="stable")
    for number, cell in enumerate(shown.itertuples(), start=1):
        touch = cell.layer == "touchpoints"
        point = ElementTree.SubElement(
            journey, "communicationPoint" if touch else "action", {"order": str(number)}
        )
        _child(point, "name", str(getattr(cell, f"name_{language}")))
        _child(point, "stage", names[str(cell.stage)])
        _child(point, "initiator", "user")
        if touch:
            _child(point, "receiver", "provider")
            _child(point, "channel", "unknown")


def _paths(map_: JourneyMap) -> pd.DataFrame:
    if map_.map_type == "future":
        raise CjmError("a map of the future has no paths: nobody has walked it yet")
    rows = steps(map_)
    known = set(map_.stages["stage"])
    return rows[rows["stage"].isin(known)]


def _child(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = _clean(text)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def _text(root: ElementTree.Element) -> str:
    ElementTree.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"
