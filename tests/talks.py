"""Studies for tests of the report, made by saying who said what and how it was coded."""

from __future__ import annotations

import hashlib
import json
import uuid

from cjmresearch import codebooks
from cjmresearch.schema import Study, empty, frame


class Builder:
    """Writes a study by saying who said what and how it was coded."""

    def __init__(self, **settings):
        self.project = {"goal": "Понять, где теряют доверие", "settings": "{}"} | settings
        self.rows = {n: [] for n in ("participants", "sources", "texts", "speakers", "turns")}
        self.codings, self.questions, self.answers = [], [], []

    def person(self, name, passages, *, status="human", coder="anna", source=None, **fields):
        """One interview: passages are (words, codes...); a code may be (slug, valence)."""
        source = source or f"S-{name}"
        fields = {"pseudonym": name, "language": "ru", "consent": True, "traits": "{}"} | fields
        self.rows["participants"].append({"participant_id": name, **fields})
        text = ""
        for position, (words, *codes) in enumerate(passages):
            start = len(text)
            text += words
            self._turn(source, name, position, start, len(text))
            for code in codes:
                self._coding(source, start, len(text), words, code, coder, status)
            text += "\n"
        sha = hashlib.sha256(text.encode()).hexdigest()
        language = fields["language"]
        self.rows["sources"].append(
            {"source_id": source, "kind": "interview", "title": f"Беседа: {name}"}
            | {"language": language, "revision": 1}
        )
        self.rows["texts"].append(
            {"source_id": source, "revision": 1, "text": text, "sha256": sha, "reason": "read"}
        )
        self.rows["speakers"].append(
            {"source_id": source, "speaker": name, "participant_id": name}
            | {"role": "participant", "voice": "customer"}
        )
        return self

    def _turn(self, source, name, position, start, end):
        self.rows["turns"].append(
            {"turn_id": str(uuid.uuid4()), "source_id": source, "position": position}
            | {"speaker": name, "start": start, "end": end, "locator": f"line {position + 1}"}
        )

    def _coding(self, source, start, end, words, code, coder, status):
        slug, valence = code if isinstance(code, tuple) else (code, None)
        self.codings.append(
            {"coding_id": str(uuid.uuid4()), "source_id": source, "start": start, "end": end}
            | {"quote": words, "code_id": codebooks.code_id(slug), "coder": coder}
            | {"status": status, "valence": valence, "created_at": "2026-11-20T10:00:00Z"}
        )

    def scale(self, question_id, text, values, **fields):
        """One scale question and its answers by participant."""
        survey = self.rows["sources"][0]["source_id"]
        self.questions.append(
            {"question_id": question_id, "survey_id": survey, "text": text, "type": "scale"}
            | {"pii": False}
            | fields
        )
        self.answers += [
            {"participant_id": who, "question_id": question_id, "value": value}
            for who, value in values.items()
        ]
        return self

    def study(self, **tables) -> Study:
        project = {"journey_model": "b2b8", "languages": "ru,en", "emotion_scheme": "feelings"}
        project |= {"schema_version": 1} | self.project
        tables = {
            "project": frame("project", [project]),
            "codes": codebooks.default("b2b8"),
            "codings": frame("codings", self.codings) if self.codings else empty("codings"),
            "questions": frame("questions", self.questions) if self.questions else None,
            "answers": frame("answers", self.answers) if self.answers else None,
            **{name: frame(name, rows) for name, rows in self.rows.items()},
            **tables,
        }
        return Study(**{name: table for name, table in tables.items() if table is not None})


SLOW = "Договор согласовывали полтора месяца, это же смешно"
GOOD = "Инженер приехал в тот же день, и всё заработало"


def small(people=6, **fields) -> Builder:
    """People who suffer at the purchase and are glad in use, all a little differently."""
    builder = Builder()
    for i in range(people):
        builder.person(
            f"Человек {i}",
            [
                (f"{SLOW}, раз {i}", "b2b8:purchase", ("feelings:irritation", -0.8 + 0.02 * i)),
                (f"Ждали бумаг {i} недель", "b2b8:purchase", "barriers:contract"),
                (f"{GOOD} {i}", "b2b8:use", ("feelings:joy", 0.9 - 0.02 * i)),
                (f"Это был инженер номер {i}", "b2b8:use", "touchpoints:engineer"),
            ],
            **({"buying_role": "engineer" if i % 2 else "buyer"} | fields),
        )
    return builder


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "javascript:alert(3)",
    "{{ 7 * 7 }} {% raw %} {n} {0.__class__}",
    "</style></svg></table><h1>взлом</h1>",
    "\u202eотворот\u202c и \u2066внутри\u2069",
    "Длинно" * 1700,
    "👨‍👩‍👧 и é и 😀",
    "\x07\x1b[31mзвонок",
    '=HYPERLINK("https://evil.example","x") @SUM(1+1)',
)


def hostile_study() -> Study:
    """Words that try to run, to break out and to be too long, wherever a study holds words."""
    builder = Builder(
        goal=HOSTILE[0],
        settings=json.dumps(
            {
                "title": f"<b>Имя</b> {HOSTILE[6][:200]}",
                "questions": [words[:600] for words in HOSTILE],
            }
        ),
    )
    for i, words in enumerate(HOSTILE):
        builder.person(
            f"P{i}",
            [
                (words, "b2b8:use", "feelings:joy", "barriers:contract", "touchpoints:portal"),
                (f"{words} {i}", "b2b8:use", "barriers:slow_reply", "touchpoints:portal"),
            ],
            pseudonym=words[:40],
            language='ru" onload="x',
            org_id=words[:30],
            buying_role=words[:30],
            traits=json.dumps({"<i>ключ</i>": "<u>значение</u>", words[:60]: words[:80]}),
        )
    builder.scale("q", HOSTILE[0], {"P0": 1.0, "P1": 2.0}, scale_min=1, scale_max=5)
    items = [
        {"item_id": f"i{n}", "stage": "b2b8:use", "layer": "opportunities", "text": words[:600]}
        | {"map_type": "current", "owner": words[:80], "status": words[:40]}
        for n, words in enumerate(HOSTILE)
    ]
    links = [
        {"link_id": f"l{n}", "relation": "removed_by", "to_id": item["item_id"]}
        | {"from_id": codebooks.code_id("barriers:contract")}
        for n, item in enumerate(items)
    ]
    personas = [
        {"persona_id": f"m{i}", "name": words[:90], "origin": "manual"}
        for i, words in enumerate(HOSTILE)
    ]
    memberships = [
        {"participant_id": f"P{i}", "persona_id": persona["persona_id"], "probability": 1.0}
        for i, persona in enumerate(personas)
    ]
    return builder.study(
        items=frame("items", items),
        links=frame("links", links),
        personas=frame("personas", personas),
        memberships=frame("memberships", memberships),
    )
