"""What was found, said in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjmresearch.errors import CjmError
from cjmresearch.wording import PERCENT_FROM

if TYPE_CHECKING:
    from cjmresearch.personas.finding import Found

CLAIM_FROM = PERCENT_FROM
"""Under so many people a persona is a lead, not a claim."""

_SAYS = {
    "ru": {
        "few_people": "Персон не искали: о {n} участниках известно достаточно, а нужно не меньше "
        "6, по 3 на персону.",
        "few_features": "Персон не искали: признаков {features}, а нужно хотя бы 2.",
        "alike": "Персон нет: ни одно деление не оставляет в каждой группе хотя бы 3 человек "
        "(участников {n}, признаков {features}).",
        "chance": "Персон не найдено: лучшее деление не лучше, чем когда признаки перемешаны "
        "между людьми ({p}; участников {n}, признаков {features}); это не доказывает, что их нет.",
        "unstable": "Персон не найдено: признаки связаны ({p}), но группы не повторяются, если "
        "набрать людей заново (участников {n}, признаков {features}).",
        "found": "Персон: {k} ({p}; участников {n}, признаков {features}); устойчивы {stable} из "
        "{k}{small}.",
        "small": "; меньше {least} человек в {small} из {k}: это зацепка, а не вывод",
    },
    "en": {
        "few_people": "Personas were not looked for: enough is known of {n} people, and it takes "
        "at least 6, 3 a persona.",
        "few_features": "Personas were not looked for: {features} features, and it takes at least "
        "2.",
        "alike": "No personas: no division leaves at least 3 people in every group ({n} people, "
        "{features} features).",
        "chance": "No personas found: the best division is no better than with features shuffled "
        "over people ({p}; {n} people, {features} features); that does not prove there are none.",
        "unstable": "No personas found: features go together ({p}), but the groups do not come "
        "back when people are drawn anew ({n} people, {features} features).",
        "found": "{k} personas ({p}; {n} people, {features} features); {stable} of {k} are "
        "stable{small}.",
        "small": "; fewer than {least} people in {small} of {k}: a lead, not a claim",
    },
}


def reason_for(found: Found, language: str) -> str:
    """Say in one sentence what was found, or why nothing was."""
    if language not in _SAYS:
        raise CjmError(f"language {language!r}: choose one of {', '.join(_SAYS)}")
    says = _SAYS[language]
    small = int((found.stability["n_participants"] < CLAIM_FROM).sum())
    return says[found.outcome].format(
        n=found.n_participants,
        features=found.n_features,
        k=found.k,
        p=p_text(found.p_value, language),
        stable=int(found.stability["stable"].sum()),
        small=says["small"].format(small=small, k=found.k, least=CLAIM_FROM) if small else "",
    )


def p_text(p: float, language: str) -> str:
    """Write a p value: "p = 0.003", "p = 0,21"."""
    text = f"p = {p:.2f}" if p >= 0.095 else f"p = {p:.3f}"
    return text.replace(".", ",") if language == "ru" else text
