"""Layers of the map: what each holds, in which order they stand, how they are called."""

from __future__ import annotations

from collections.abc import Iterable

from cjmresearch.schema import BACKSTAGE, ITEM_LAYERS

LAYERS = ("touchpoints", "actions", "thoughts", "feelings", "barriers", "opportunities")
"""The six-layer map without its axis, the stages."""

LAYER_OF_KIND = {
    "touchpoint": "touchpoints",
    "action": "actions",
    "thought": "thoughts",
    "emotion": "feelings",
    "need": "needs",
    "dream": "needs",
    "pain": "barriers",
    "opportunity": "opportunities",
    "metaphor": "metaphors",
    "other": "other",
}

LAYER_NAMES = {
    "ru": {
        "goals": "Цель",
        "touchpoints": "Точки контакта",
        "actions": "Действия клиента",
        "thoughts": "Мысли",
        "feelings": "Чувства",
        "metaphors": "Метафоры",
        "needs": "Потребности и мечты",
        "barriers": "Барьеры и болевые точки",
        "opportunities": "Возможности для улучшения",
        "tasks": "Задачи и действия команды",
        "metrics": "Метрики",
        "staff": "Действия сотрудников",
        "people": "Люди",
        "policies": "Регламенты",
        "technologies": "Технологии",
        "processes": "Процессы",
        "resources_have": "Ресурсы: есть",
        "resources_need": "Ресурсы: нужны",
        "other": "Другое",
    },
    "en": {
        "goals": "Goal",
        "touchpoints": "Touchpoints",
        "actions": "Customer actions",
        "thoughts": "Thoughts",
        "feelings": "Feelings",
        "metaphors": "Metaphors",
        "needs": "Needs and dreams",
        "barriers": "Barriers and pains",
        "opportunities": "Opportunities for improvement",
        "tasks": "Tasks and actions of the team",
        "metrics": "Metrics",
        "staff": "Staff actions",
        "people": "People",
        "policies": "Policies",
        "technologies": "Technologies",
        "processes": "Processes",
        "resources_have": "Resources: there",
        "resources_need": "Resources: needed",
        "other": "Other",
    },
}

REQUIRED = {
    "current": LAYERS,
    "day_in_life": ("actions", "thoughts", "feelings"),
    "future": ("goals", "touchpoints", "actions", "opportunities"),
    "blueprint": ("touchpoints", "actions", "staff", *BACKSTAGE),
}
"""Lanes that a map of each type has to fill; `audit` says which are empty."""

FIVE_QUESTIONS = (
    (
        ("thoughts", "feelings"),
        "О чём клиент думает, что чувствует?",
        "What do they think or feel?",
    ),
    (("actions",), "Что он делает?", "What do they do?"),
    (("touchpoints",), "Где встречается с нами?", "Where do they meet us?"),
    (("opportunities",), "Что здесь изменить?", "What should we change here?"),
    (("tasks",), "Как и почему мы это изменим?", "How and why will we change it?"),
)
"""The template of five questions (T6): layers that answer each, and the question, ru and en."""

_ORDER = (
    "goals",
    *LAYERS[:4],
    "metaphors",
    "needs",
    *LAYERS[4:],
    "tasks",
    "metrics",
    "staff",
    *BACKSTAGE,
    "resources_have",
    "resources_need",
    "other",
)


def order_of(used: Iterable[str], map_type: str) -> tuple[str, ...]:
    """Put the layers of a map in order: the six always, a blueprint's backstage, what else is used.

    Layers that this version doesn't know come last.
    """
    shown = {*LAYERS, *used}
    if map_type == "blueprint":
        shown |= set(BACKSTAGE)
    unknown = sorted(shown - set(_ORDER))
    return (*(layer for layer in _ORDER if layer in shown), *unknown)


def line_of_visibility(layers: Iterable[str]) -> str | None:
    """First layer that the client doesn't see, or None where all are seen."""
    return next((layer for layer in layers if layer in BACKSTAGE), None)


__all__ = [
    "BACKSTAGE",
    "FIVE_QUESTIONS",
    "ITEM_LAYERS",
    "LAYERS",
    "LAYER_NAMES",
    "LAYER_OF_KIND",
    "REQUIRED",
    "line_of_visibility",
    "order_of",
]
