"""The report: what is on the page equals the frames, opens, escapes and keeps its promises."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from talks import Builder, hostile_study, small

from cjmresearch import Project, aggregate, cli, codebooks, journey, report
from cjmresearch.errors import CjmError
from cjmresearch.palette import DARK, LIGHT
from cjmresearch.report.chart import curve_chart
from cjmresearch.report.method import silent_bound
from cjmresearch.report.quotes import CAP, IN_INDEX, index_limit
from cjmresearch.report.render import clock, render, shorten, tongue
from cjmresearch.report.sample import survey_scores
from cjmresearch.report.theme import variables
from cjmresearch.report.words import LANGUAGES, Words, dictionary
from cjmresearch.schema import CODE_KINDS, Study, frame

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """A parsed page: tags with attributes, ids, links, visible text, what is never closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html, self.tags, self.stack, self.errors = html, [], [], []
        self.texts: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self.stack or self.stack[-1] != tag:
            self.errors.append(f"</{tag}> closes {self.stack[-1:]}")
        if tag in self.stack:
            while self.stack.pop() != tag:
                pass

    def handle_data(self, data):
        if self.stack and self.stack[-1] not in ("style", "script"):
            self.texts.append((self.stack[-1], data))

    @property
    def ids(self):
        return [a["id"] for _, a in self.tags if "id" in a]

    @property
    def links(self):
        return [a["href"] for _, a in self.tags if "href" in a]

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(data for _, data in self.texts))


def page(study, tmp_path, **options) -> Page:
    [path] = report.write(study, tmp_path, **options)
    return Page(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def study() -> Study:
    return small().study()


@pytest.fixture(scope="module")
def russian(study, tmp_path_factory) -> Page:
    return page(study, tmp_path_factory.mktemp("ru"))


# -- words --------------------------------------------------------------------------------------


def test_every_word_stands_in_both_languages_with_the_same_places():
    for key, phrases in dictionary().items():
        assert set(phrases) == set(LANGUAGES), key
        assert all(phrases.values()), key
        if isinstance(phrases["ru"], list):
            assert [len(phrases[x]) for x in LANGUAGES] == [3, 2], key
        else:
            places = [set(re.findall(r"\{(\w+)\}", phrases[x])) for x in LANGUAGES]
            assert places[0] == places[1], key


def test_no_key_of_the_dictionary_stands_twice_and_each_is_used():
    folder = report.__path__[0]
    lines = (Path(folder) / "words.yaml").read_text(encoding="utf-8").splitlines()
    keys = [line.partition(":")[0] for line in lines if re.match(r"\w+:", line)]
    assert sorted(keys) == sorted(set(keys))
    sources = [*Path(folder).glob("*.py"), *Path(folder).glob("templates/*.html")]
    used = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    kinds = (f"kind_{kind}" for kind in CODE_KINDS)
    families = ("value_", "card_", "consent_", "role_", "source_", *kinds)
    families += ("worst_", "best_", "moment_", "at_")
    unused = [
        k for k in keys if not k.startswith(families) and f'"{k}"' not in used.replace("'", '"')
    ]
    assert unused == []


def test_english_page_has_no_russian_words_of_its_own(tmp_path):
    builder = Builder(goal="Find where trust is lost")
    builder.person(
        "Ann",
        [("It took six weeks", "b2b8:purchase", "feelings:irritation", "barriers:contract")],
        language="en",
        buying_role="buyer",
    ).scale("q", "How likely?", {"Ann": 3.0}, metric="nps", scale_min=0, scale_max=10)
    builder.rows["sources"][0]["title"] = "Interview"
    shown = page(builder.study(), tmp_path, language="en")
    assert not re.search("[А-Яа-яЁё]", shown.text)
    assert ("html", {"lang": "en"}) in shown.tags


@pytest.mark.parametrize(
    ("n", "said"), [(1, "участник"), (2, "участника"), (5, "участников"), (11, "участников"),
                    (21, "участник"), (112, "участников"), (0, "участников")]
)  # fmt: skip
def test_russian_plurals(n, said):
    assert Words("ru").form("people", n) == said


def test_numbers_are_written_as_in_the_language():
    ru, en = Words("ru"), Words("en")
    assert ru.signed(-0.314) == "−0,31"
    assert en.signed(0.314) == "+0.31"
    assert ru.signed(-0.0004) == "0,00"
    assert ru.decimal(float("nan")) == "—"
    assert en.whole(12345) == "12,345"


# -- the file -----------------------------------------------------------------------------------


def test_unknown_formats_and_languages_name_what_there_is(study, tmp_path):
    with pytest.raises(CjmError, match=r"'odt'.*html, docx, pptx"):
        report.write(study, tmp_path, format=("html", "odt"))
    with pytest.raises(CjmError, match=r"empty.*html"):
        report.write(study, tmp_path, format=())
    with pytest.raises(CjmError, match=r"a\.html can't hold docx: give a folder"):
        report.write(study, tmp_path / "a.html", format="docx")
    with pytest.raises(CjmError, match=r"'de'.*ru, en"):
        report.write(study, tmp_path, language="de")
    with pytest.raises(CjmError, match="human, suggested"):
        report.write(study, tmp_path, include="everything")
    assert list(tmp_path.iterdir()) == []


def test_each_step_is_told_once_and_in_order(study, tmp_path):
    told = []
    report.write(study, tmp_path, step=told.append)
    assert told == [*report.STEPS, "html"]


# -- templates of one's own ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(study):
    return report.build(study, language="en")


def own(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_folder_of_templates_stands_in_for_ours(built, tmp_path):
    folder = own(
        tmp_path,
        head_html='<p class="mine">{{ goal }} / {{ n }}</p>{% include "ours/head.html" %}',
        brand_css="h1 { color: rebeccapurple }",
    )
    made = render(built, template=folder)
    assert '<p class="mine">Понять, где теряют доверие / 6</p>' in made
    assert "h1 { color: rebeccapurple }" in made
    assert "<h1" in made
    assert "rebeccapurple" not in render(built)
    replaced = render(built, template=own(tmp_path, report_css="p { margin: 7px }"))
    assert "p { margin: 7px }" in replaced
    assert ".findings" not in replaced.partition("</style>")[0]


def test_text_in_a_template_of_ones_own_is_escaped_and_runs_nothing(study, tmp_path):
    hostile = report.build(study, questions=["<script>alert(1)</script>"])
    folder = own(
        tmp_path, findings_html="{{ questions[0] }}", brand_css="</style><script>alert(2)</script>"
    )
    made = render(hostile, template=folder)
    assert [tag for tag, _ in Page(made).tags if tag == "script"] == ["script"]
    assert "&lt;script&gt;alert(1)" in made
    assert made.count("</style>") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ nothing_like_it }}", "nothing_like_it"),
        ("{% if %}", "findings.html line 1"),
        ("{{ curve.frame.to_csv('stolen.csv') }}", "unsafe"),
        ("{{ words.__class__.__mro__ }}", "unsafe"),
        ("{% include '/etc/passwd' %}", "passwd"),
        ("{% include '../../words.yaml' %}", "words.yaml"),
        ("{{ 1 // 0 }}", "zero"),
    ],
)
def test_a_template_that_fails_or_reaches_out_says_where(built, tmp_path, text, said, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CjmError, match=re.escape(said)):
        render(built, template=own(tmp_path, findings_html=text))
    assert not (tmp_path / "stolen.csv").exists()


def test_a_template_must_be_what_its_format_takes(study, built, tmp_path):
    with pytest.raises(CjmError, match=r"holds none of.*brand\.css"):
        render(built, template=tmp_path)
    with pytest.raises(CjmError, match="a folder for HTML"):
        report.write(study, tmp_path, template=tmp_path / "not_there")
    (tmp_path / "base.docx").write_bytes(b"")
    with pytest.raises(CjmError, match="is for docx, and only html"):
        report.write(study, tmp_path / "out", template=tmp_path / "base.docx")


def test_writes_into_a_folder_or_a_file(study, tmp_path):
    assert report.write(study, tmp_path / "new") == [tmp_path / "new" / "report.html"]
    assert report.write(study, tmp_path / "a.html") == [tmp_path / "a.html"]
    blocked = tmp_path / "a.html" / "inside"
    with pytest.raises(CjmError, match="can't be written"):
        report.write(study, blocked)


def test_the_page_is_whole_and_asks_the_network_for_nothing(russian):
    assert russian.errors == []
    assert russian.stack == []
    assert len(russian.ids) == len(set(russian.ids))
    for tag, attributes in russian.tags:
        for name in ("src", "srcset", "data", "poster", "action", "formaction", "xlink:href"):
            assert name not in attributes, (tag, attributes)
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        assert tag not in ("link", "iframe", "object", "embed", "base", "form", "img")
    assert "url(" not in russian.html
    assert "@import" not in russian.html


def test_the_policy_lets_only_our_script_run(russian):
    policies = [a["content"] for t, a in russian.tags if t == "meta" and "http-equiv" in a]
    assert len(policies) == 1
    [script] = re.findall("<script>(.*?)</script>", russian.html, re.S)
    hashed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "default-src 'none'" in policies[0]
    assert f"script-src 'sha256-{hashed}'" in policies[0]
    assert "'unsafe-inline'" not in policies[0].partition("script-src")[2]


def test_every_link_stays_on_the_page_and_resolves(russian):
    ids = set(russian.ids)
    assert len([x for x in russian.links if x.startswith("#e-")]) > 10
    for link in russian.links:
        assert link.startswith("#"), link
        assert link[1:] in ids, link


def test_evidence_and_panels_point_at_each_other(study, russian):
    built = report.build(study)
    panels = {p.id: p for p in built["panels"].values()}
    for row in built["evidence"].to_dict("records"):
        assert f'id="e-{row["number"]}"' in russian.html
        for panel in row["shown_in"]:
            assert row["coding_id"] in panels[panel].chosen
            assert f'id="n-{panel}"' in russian.html
    numbers = [q["number"] for p in panels.values() for q in p.quotes]
    assert set(numbers) == set(built["evidence"]["number"])


def test_headings_tables_and_pictures_can_be_read_aloud(russian):
    levels = [int(t[1]) for t, _ in russian.tags if re.fullmatch("h[1-6]", t)]
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    headers = [a for t, a in russian.tags if t == "th"]
    assert headers
    assert all(a.get("scope") in ("row", "col") for a in headers)
    for tag, attributes in russian.tags:
        if tag == "svg":
            assert "aria-label" in attributes or "aria-labelledby" in attributes
        if tag == "div" and "scroll" in attributes.get("class", "").split():
            assert attributes["tabindex"] == "0"
            assert attributes["role"] == "group"


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("theme", "name"), [(LIGHT, "light"), (DARK, "dark")])
def test_words_contrast_with_every_ground(theme, name):
    given = variables(theme, name)
    for ground in ("paper", "wash", "warn"):
        for ink in ("ink", "muted", "accent", "good", "bad-ink"):
            if ground == "warn" and ink != "ink":
                continue
            light, dark = sorted([luminance(given[ground]), luminance(given[ink])], reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ground, ink)


# -- numbers ------------------------------------------------------------------------------------


def test_numbers_on_the_page_are_the_frames_numbers(study, russian):
    observations = aggregate.observations(study)
    curve = aggregate.emotion_curve(observations)
    words = Words("ru")
    for row in curve[curve["n_participants"] > 0].to_dict("records"):
        assert words.signed(row["mean"]) in russian.text
        assert words.span(row["low"], row["high"]) in russian.html
    pains = aggregate.pain_ranking(observations)
    assert list(pains["n_participants"]) == [6]
    assert "6\N{NO-BREAK SPACE}из\N{NO-BREAK SPACE}6" in russian.html
    whole = russian.html.partition('<section id="curve"')[2].partition("</section>")[0]
    assert whole.count('class="point') == int((curve["n_participants"] > 0).sum())


def test_every_group_has_its_own_curve(study, russian):
    groups = study.participants.set_index("participant_id")["buying_role"]
    curves = aggregate.emotion_curve(aggregate.observations(study), by=groups)
    felt = curves[curves["n_participants"] > 0]
    drawn = re.findall(r'class="small-curve".*?</svg>', russian.html, re.S)
    assert len(drawn) == felt["buying_role"].nunique()
    assert sum(svg.count('class="point') for svg in drawn) == len(felt)
    words = Words("ru")
    for row in felt.to_dict("records"):
        assert any(words.signed(row["mean"]) in svg for svg in drawn)


def test_panels_count_what_the_map_counts(study):
    built = report.build(study)
    cells = journey.build(study).cells
    assert len(cells)
    for cell in cells.to_dict("records"):
        panel = built["panels"][f"{cell['layer']}|{cell['stage']}|{cell['code']}"]
        assert panel.n_participants == cell["n_participants"]
        assert panel.n_codings == cell["n_codings"]


def test_people_of_uncoded_sources_do_not_thin_out_the_counts():
    builder = small(4)
    for i in range(30):
        builder.person(f"Никто {i}", [("Ничего не размечено",)])
    built = report.build(builder.study())
    assert built["n"] == 4
    assert set(built["pains"]["frame"]["of_participants"]) == {4}
    assert "30" in built["sample"]["uncoded"]


def test_the_bare_pain_of_the_movers_is_no_barrier():
    builder = small(3).person("Х", [("Болит", "b2b8:use", "movers:pain")])
    ranking = report.build(builder.study())["pains"]["frame"]
    assert list(ranking["code"]) == ["barriers:contract"]
    assert list(ranking["rank"]) == [1]


def stages_felt(people, **felt):
    """People who each feel something at stages: stage -> valence of the i-th person."""
    builder = Builder()
    for i in range(people):
        said = [
            (f"{stage} {i}", f"b2b8:{stage}", ("feelings:doubt", round(value(i), 3)))
            for stage, value in felt.items()
        ]
        builder.person(f"Ч{i}", said)
    return builder


def first_findings(builder):
    return [str(x.striptags()) for x in report.build(builder.study())["findings"]][:2]


def test_a_clear_worst_stage_is_named_and_gets_its_star():
    worst, best = first_findings(small(8))
    assert "Хуже всего людям на этапе «Принятие решения и покупка»" in worst
    assert "Звездой на кривой отмечено" in worst
    assert "Лучше всего людям на этапе «Использование и поддержка»" in best
    points = report.build(small(8).study())["curve"]["chart"]["points"]
    assert [p["stage"] for p in points if p["star"]] == ["b2b8:purchase"]
    assert {p["stage"]: p["places"] for p in points if p["places"]} == {
        "b2b8:purchase": "1",
        "b2b8:use": "2",
    }


def test_the_worst_is_a_set_where_stages_cannot_be_told_apart():
    [said, *_] = first_findings(
        stages_felt(6, search=lambda i: -0.9 + 0.3 * i, use=lambda i: 0.9 - 0.3 * i)
    )
    assert "нельзя отличить друг от друга" in said
    assert "кандидат" in said
    three = stages_felt(
        8,
        search=lambda i: -0.5 + 0.1 * (i % 3),
        purchase=lambda i: -0.5 + 0.1 * (i % 2),
        use=lambda i: 0.6 + 0.05 * (i % 2),
    )
    worst, best = first_findings(three)
    assert "Худшим может быть любой из этапов «Поиск решений» и «Принятие решения" in worst
    assert "Лучше всего людям на этапе «Использование и поддержка»" in best
    four = stages_felt(
        8,
        search=lambda i: -0.1 + 0.1 * (i % 3),
        evaluation=lambda i: -0.1 + 0.1 * (i % 2),
        use=lambda i: 0.8 + 0.05 * (i % 2),
    )
    frames = report.build(four.study())["curve"]
    possible = frames["ranks"].loc[frames["ranks"]["maybe_lowest"], "stage"]
    assert set(possible) == {"b2b8:search", "b2b8:evaluation"}


def test_a_machines_curve_names_no_worst_stage():
    builder = small(8)
    for coding in builder.codings:
        coding |= {"coder": "rules:x", "status": "suggested"}
    built = report.build(builder.study(), include="suggested")
    assert "худший этап не назван" in built["findings"][0]
    assert built["curve"]["ranks"] is None
    assert not any(p["star"] or p["places"] for p in built["curve"]["chart"]["points"])


def test_pains_with_as_many_people_as_the_third_are_named_too():
    builder = Builder()
    pains = ("contract", "slow_reply", "no_prices", "navigation", "late_delivery")
    for i, slug in enumerate(pains[:4]):
        for k in range(2):
            said = [(f"{slug} {k} {m}", "b2b8:use", f"barriers:{slug}") for m in range(4 - i)]
            builder.person(f"{slug}{k}", said)
    builder.person("один", [("поздно", "b2b8:use", "barriers:late_delivery")])
    [said] = [x for x in report.build(builder.study())["findings"] if "трудностях" in x]
    assert said.count("из") == 4
    assert "навигация" in said
    assert "задержка" not in said


def test_findings_claim_nothing_of_two_people():
    said = report.build(small(2).study())["findings"]
    assert "три человека" in said[0]
    assert not any("Хуже всего" in sentence for sentence in said)
    silent = Builder().person("А", [("Слово", "b2b8:use", "barriers:contract")]).study()
    assert "No feelings are coded" in report.build(silent, language="en")["findings"][0]


def acted(study, *, links):
    """Put opportunities, a task and a metric on the map of a study, and link them."""
    rows = (
        ("o1", "opportunities", "Договор за день", "Анна", "в работе"),
        ("o2", "opportunities", "Никому не нужна", None, None),
        ("t1", "tasks", "Шаблон договора", "Юрист", None),
        ("m1", "metrics", "Дней до подписи", None, None),
    )
    items = frame(
        "items",
        [
            {"item_id": i, "stage": "b2b8:purchase", "layer": layer, "text": text, "owner": owner}
            | {"status": status, "map_type": "current"}
            for i, layer, text, owner, status in rows
        ],
    )
    table = frame(
        "links",
        [
            {"link_id": f"l{n}", "from_id": a, "relation": relation, "to_id": b}
            for n, (a, relation, b) in enumerate(links)
        ],
    )
    return replace(study, items=items, links=table)


def test_opportunities_have_their_people_their_place_and_what_is_missing(tmp_path):
    slow = codebooks.code_id("barriers:contract")
    links = [(slow, "removed_by", "o1"), ("o1", "done_by", "t1"), ("t1", "measured_by", "m1")]
    study = acted(small(6).study(), links=links)
    built = report.build(study)["opportunities"]
    first, second = built["rows"]
    assert (first["name"], first["n"], first["of"], first["priority"]) == (
        "Договор за день", 6, 6, "1",
    )  # fmt: skip
    assert (first["owner"], first["status"]) == ("Анна", "в работе")
    assert first["tasks"] == ["Шаблон договора"]
    assert ["не измерено" in str(x) for x in first["measures"]] == [True]
    assert [b["name"] for b in first["barriers"]] == ["Сложное согласование договора"]
    assert len(first["panel"].quotes) == CAP
    assert (second["name"], second["priority"], second["panel"]) == ("Никому не нужна", "", None)
    assert built["loose"] == []
    assert list(built["frame"]["rank"].fillna(0)) == [1, 0]
    shown = page(study, tmp_path)
    assert "Договор за день" in shown.text
    assert "не связана с барьером" in shown.text
    without = report.build(small(6).study())["opportunities"]
    assert without["loose"] == ["Сложное согласование договора"]
    assert without["n_barriers"] == 1


def test_moments_of_truth_are_the_frames_with_reasons_and_quotes(tmp_path):
    builder = Builder()
    for i in range(4):
        said = [(f"Портал завис {i}", "b2b8:use", "touchpoints:portal", "barriers:navigation")]
        builder.person(f"Ч{i}", said, outcome="lost" if i < 3 else "loyal")
    study = builder.study()
    built = report.build(study)["moments"]
    assert len(built["frame"]) == len(built["rows"]) == built["n_all"] == built["n_first"] == 1
    [row] = built["rows"]
    assert (row["n"], row["of"], row["priority"]) == (3, 4, "1")
    assert "ушедшие (3" in row["reason"]
    assert len(row["panel"].quotes) == 3
    assert "ушедшие (3" in page(study, tmp_path).text


def test_agreement_is_said_to_be_unmeasured_with_what_a_measurement_needs():
    alone = report.build(small(3).study())["agreement"]
    assert not alone["measured"]
    assert "Размечал один" in alone["words"]
    two = small(3)
    two.codings[0]["coder"] = "boris"
    both = report.build(two.study())["agreement"]
    assert both["in_common"] == 1
    assert [row["coder"] for row in both["rows"]] == ["anna", "boris"]
    assert "1\xa0источник" in both["words"]


def test_questions_of_the_study_stand_under_its_goal(tmp_path):
    settings = json.dumps({"questions": ["Где теряют доверие?", "<b>Почему</b>?"]})
    study = small(
        3,
    ).study(
        project=frame(
            "project",
            [
                {
                    "goal": "g",
                    "journey_model": "b2b8",
                    "languages": "ru,en",
                    "emotion_scheme": "feelings",
                    "settings": settings,
                    "schema_version": 1,
                }
            ],
        )
    )
    assert report.build(study)["questions"] == ["Где теряют доверие?", "<b>Почему</b>?"]
    assert report.build(study, questions=["Другой"])["questions"] == ["Другой"]
    assert "<b>Почему" not in page(study, tmp_path).html


def test_a_critical_place_needs_two_barriers_and_two_people():
    def place(people, barriers):
        builder = Builder()
        for i in range(people):
            codes = [f"barriers:{b}" for b in barriers]
            builder.person(f"Ч{i}", [(f"Ждал {i}", "b2b8:use", "touchpoints:portal", *codes)])
        return aggregate.critical_places(aggregate.observations(builder.study()))

    assert place(1, ["contract", "slow_reply"]).empty
    assert place(2, ["contract"]).empty
    assert place(2, ["contract", "slow_reply"])["n_barriers"].to_list() == [2]


def test_a_critical_place_is_a_candidate_that_says_on_how_many_people_it_stands(tmp_path):
    builder = small(10)
    for i in range(2):
        codes = ("touchpoints:portal", "barriers:slow_reply", "barriers:navigation")
        builder.person(f"Ч{i}", [(f"Ждал {i}", "b2b8:use", *codes)])
    study = builder.study()
    said = {x: report.build(study, language=x)["findings"] for x in LANGUAGES}
    [russian] = [x for x in said["ru"] if "сходятся" in x]
    assert (
        "2\N{NO-BREAK SPACE}барьера у 2\N{NO-BREAK SPACE}из\N{NO-BREAK SPACE}12 участников"
        in russian
    )
    assert "кандидатом" in russian
    assert "проверить" in russian
    assert "начинают" not in russian
    [english] = [x for x in said["en"] if "barriers meet" in x]
    assert "2\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}12 participants" in english
    assert "candidate" in english
    assert "a reason to look" in english
    marks = re.findall('class="critical-mark">([^<]*)<', page(study, tmp_path).html)
    assert marks == ["кандидат: 2\N{NO-BREAK SPACE}барьера, 2\N{NO-BREAK SPACE}участника"]


def at_the_portal(felt, people=12):
    """Everybody speaks of the portal; some say a feeling in the same words."""
    builder = Builder()
    for i in range(people):
        joy = [("feelings:joy", 0.7)] if i < felt else []
        codes = ("b2b8:use", "touchpoints:portal", *joy)
        builder.person(f"Ч{i}", [(f"Кабинет {i}", *codes)])
    return builder.study()


def moods(html, section):
    part = html.partition(f'<section id="{section}"')[2].partition("</section>")[0]
    found = re.findall(
        r'<span class="mood[^"]*">(.*?)(?=</span>(?:</a>|</td>| <span|\s*$))', part, re.S
    )
    return [re.sub("<[^>]*>|&nbsp;", " ", x).split() for x in found]


@pytest.mark.parametrize("felt", [1, 2, 3, 11, 12])
def test_no_mood_stands_beside_people_who_did_not_say_one(felt, tmp_path):
    html = page(at_the_portal(felt), tmp_path).html
    of_cell = ["▲", "+0,7"] + ([f"(n={felt})"] if felt < 12 else [])
    assert moods(html, "touchpoints") == ([of_cell] if felt >= 3 else [])
    # In the map: the touchpoint, the feeling itself, whose people all felt, and the curve's row.
    of_row = ["◇" if felt < 3 else "◆", "+0,70"]
    of_map = [of_row, of_cell, ["▲", "+0,7"]] if felt >= 3 else [of_row]
    assert moods(html, "map") == of_map
    row = html.partition('<tr class="emotion">')[2].partition("</tr>")[0]
    assert f"n = {felt}<" in row


def test_feelings_outside_the_stages_are_not_said_to_be_missing(tmp_path):
    builder = Builder()
    for i in range(4):
        builder.person(
            f"Ч{i}", [(f"Злился {i}", "feelings:irritation"), (f"Рад {i}", "feelings:joy")]
        )
    for language, n in (("ru", "8\N{NO-BREAK SPACE}пометок"), ("en", "8\N{NO-BREAK SPACE}codings")):
        shown = page(builder.study(), tmp_path, language=language)
        said = report.build(builder.study(), language=language)["findings"][0]
        assert n in said
        assert {"ru": "вне этапов модели", "en": "outside the stages"}[language] in said
        assert {"ru": "Разметьте этапы", "en": "Code the stages"}[language] in said
        assert shown.html.count(said) == 2  # in the findings and where the curve would be
        assert Words(language)("no_emotion") not in shown.html
        assert Words(language)("map_none") in shown.html
        assert 'class="map"' not in shown.html
    unsigned = codebooks.default("b2b8")
    unsigned["valence"] = unsigned["valence"].where(unsigned["kind"] != "emotion")
    at_stage = Builder().person("А", [("Злился", "b2b8:use", "feelings:irritation")])
    [said, *_] = report.build(at_stage.study(codes=unsigned))["findings"]
    assert "нет знака" in said


def test_a_project_that_nobody_coded_says_what_to_do_and_nothing_else(tmp_path):
    builder = Builder()
    for i in range(3):
        codes = ("b2b8:use", "feelings:joy", "barriers:contract")
        said = [(f"Машина пометила {i}", *codes)]
        builder.person(f"М{i}", said, status="suggested", coder="rules:x-1", buying_role="buyer")
    study = builder.study()
    for language, said in (
        ("ru", "9\N{NO-BREAK SPACE}предложений"),
        ("en", "9\N{NO-BREAK SPACE}suggestions"),
    ):
        shown = page(study, tmp_path, language=language)
        assert shown.errors == []
        assert said in shown.html
        assert "--include suggested" in shown.text
        assert re.findall('<section id="([a-z]+)"', shown.html) == ["sample", "codebook"]
        assert [x for x in shown.links if x != "#main"] == ["#sample", "#codebook"]
        assert Words(language).of(0, 0) not in shown.html
        assert "3" in [n for n, _ in report.build(study)["sample"]["figures"]]
    suggested = page(study, tmp_path, include="suggested")
    assert "--include" not in suggested.text
    chart = suggested.html.partition('<section id="curve"')[2].partition("</section>")[0]
    assert "whisker" not in chart
    assert "Черта" not in chart
    assert "Полая точка" in chart
    assert {"findings", "curve", "map", "method"} <= set(suggested.ids)
    empty_project = page(Builder().person("А", [("Слово",)]).study(), tmp_path)
    assert "ещё ничего не размечено" in empty_project.text
    assert "--include" not in empty_project.text


def test_a_map_of_hypotheses_shows_without_codings(tmp_path):
    items = frame(
        "items",
        [{"item_id": "i", "stage": "b2b8:use", "layer": "opportunities", "text": "Показать цены"}
         | {"map_type": "current"}],
    )  # fmt: skip
    shown = page(Builder().person("А", [("Слово",)]).study(items=items), tmp_path)
    assert "Показать цены" in shown.text
    assert re.findall('<section id="([a-z]+)"', shown.html) == [
        *("sample", "map", "opportunities", "codebook")
    ]
    assert Words("ru").of(0, 0) not in shown.html.replace("0 из 0", Words("ru").of(0, 0))


def test_the_page_promises_no_more_than_it_opens(russian):
    assert f"не больше {CAP} цитат" in russian.text
    assert "Каждое число здесь открывается" not in russian.text
    assert "Шесть слоёв" not in russian.text


def test_the_method_says_that_a_pain_with_a_valence_moves_the_curve(tmp_path):
    pain = Builder().person("А", [("Ждали", "b2b8:use", ("barriers:contract", -0.2))]).study()
    assert report.build(pain)["curve"]["frame"]["mean"].dropna().tolist() == [-0.2]
    for language, said in (("ru", "например боли"), ("en", "such as a pain")):
        assert said in page(pain, tmp_path, language=language).text


def test_numbers_of_people_are_a_range_and_a_median_and_words_are_counted(tmp_path):
    builder = Builder()
    fleets = (6, 6, 5, 14, 7.5, 9)
    for i, fleet in enumerate(fleets):
        traits = {"fleet": fleet, "floor": "3" if i else "third", "year": 2020}
        builder.person(
            f"Ч{i}",
            [(f"Слово {i}", "b2b8:use", "feelings:joy")],
            traits=json.dumps(traits),
            buying_role="buyer",
        )
    shown = {x: page(builder.study(), tmp_path, language=x).text for x in LANGUAGES}
    assert "fleet от 5 до 14, медиана 6,75 (6 участников)" in shown["ru"]
    assert "fleet 5–14, median 6.75 (6 participants)" in shown["en"]
    assert "floor 3 — 5 of 6 ; third — 1 of 6" in shown["en"]
    assert "year 2020 — 6 of 6" in shown["en"]


def test_eight_stages_fit_a_window_of_1400_pixels(russian):
    css = re.search("<style>(.*?)</style>", russian.html, re.S)[1]
    nav = float(re.search(r"grid-template-columns: ([\d.]+)rem", css)[1])
    right, left = map(
        float, re.search(r"\bmain { padding: \S+ (\S+)rem \S+ (\S+)rem", css).groups()
    )
    for table, more in (("map", 0), ("heat", 1)):
        width = (
            rf"\.{table} {{ min-width: calc\(([\d.]+)rem \+ \(?var\(--stages\)[^*]*\* ([\d.]+)rem"
        )
        first, each = map(float, re.search(width, css).groups())
        assert nav + left + right + first + (8 + more) * each <= 1400 / 16, table
        assert f'<table class="{table}" style="--stages: 8">' in russian.html


def test_the_words_counted_are_those_of_the_people_counted():
    builder = small(2)
    spoken = report.build(builder.study())["sample"]["figures"]
    for i in range(5):
        builder.person(f"Никто {i}", [("Ничего не размечено",)])
    after = report.build(builder.study())["sample"]["figures"]
    by_noun = [{noun.split()[0][:4]: n for n, noun in x} for x in (spoken, after)]
    assert by_noun[0]["учас"] == by_noun[1]["учас"] == "2"
    assert by_noun[0]["слов"] == by_noun[1]["слов"]
    assert by_noun[0]["репл"] == by_noun[1]["репл"]


def test_silence_of_eight_still_allows_a_third():
    assert silent_bound(8) == pytest.approx(0.312, abs=0.001)


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0%"), (0.0001, "0.1%"), (silent_bound(993), "0.3%"), (0.0094, "0.9%"), (0.012, "1%")],
)
def test_a_small_share_is_never_written_as_nothing(share, said):
    assert Words("en").percent(share) == said
    assert Words("ru").percent(share) == said.replace(".", ",").replace("%", "\N{NO-BREAK SPACE}%")


def test_who_only_chose_answers_is_said_to_be_no_participant():
    builder = small(3)
    assert not report.build(builder.study(), language="en")["sample"]["uncoded"]
    builder.rows["participants"] += [
        {"participant_id": who, "pseudonym": who, "language": "ru", "traits": "{}"} for who in "XY"
    ]
    builder.scale("q", "Насколько вы довольны?", {"X": 5, "Y": 4}, scale_min=1, scale_max=5)
    said = report.build(builder.study(), language="en")["sample"]["uncoded"]
    assert said.startswith("2 more chose answers")


def test_places_in_files_are_told_in_the_reports_language():
    words = Words("ru"), Words("en")
    for locator in ("line 12", "row 3 column Q5", "paragraph 4", "cue 3-5", "row 2, line 7"):
        assert not re.search("[a-z]", words[0].located(locator))
        assert words[1].located(locator) == locator
    assert words[0].located("row 3 column Q5") == "строка 3 столбец Q5"
    assert words[0].located("baseline 3") == "baseline 3"


def test_one_candidate_has_no_rivals_for_the_first_place(tmp_path):
    pains = ("barriers:navigation", "barriers:slow_reply")
    said = [(f"Портал {pain}", "b2b8:use", "touchpoints:portal", pain) for pain in pains]
    builder = Builder()
    for name in "АБ":
        builder.person(name, said)
    built = page(builder.study(), tmp_path, language="en")
    assert "Where the relationship may have been decided" in built.text
    assert "may be the first" not in built.text
    [moment] = report.build(builder.study(), language="ru")["moments"]["rows"]
    assert moment["reason"] == "разные барьеры сходятся здесь (2\N{NO-BREAK SPACE}участника)"


# -- the curve ----------------------------------------------------------------------------------


def test_the_curve_marks_gaps_and_few_people():
    builder = small(3)
    for i in range(2):
        builder.person(f"Э{i}", [(f"Надеюсь {i}", "b2b8:onboarding", "feelings:hope")])
    observations = aggregate.observations(builder.study())
    curve = aggregate.emotion_curve(observations)
    names = {s: s for s in curve["stage"]}
    chart = curve_chart(curve, curve.iloc[:0][["stage", "mean"]], names)
    points = {p["stage"]: p for p in chart["points"]}
    assert points["b2b8:onboarding"]["hollow"]
    assert points["b2b8:onboarding"]["low"] is None
    assert not points["b2b8:use"]["hollow"]
    assert points["b2b8:search"]["y"] is None
    assert [s["dashed"] for s in chart["segments"]] == [True, True]
    assert points["b2b8:use"]["tone"] == "good"
    assert points["b2b8:purchase"]["tone"] == "bad"
    assert points["b2b8:onboarding"]["tone"] == ""


# -- trust --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Page:
    return page(hostile_study(), tmp_path_factory.mktemp("hostile"))


def test_hostile_words_are_shown_as_words(hostile):
    assert hostile.errors == []
    assert hostile.html.count("<script>") == 1
    assert hostile.html.count("<h1") == 1
    for tag, attributes in hostile.tags:
        assert tag not in ("img", "b", "i", "u")
        assert not any(name.startswith("on") for name in attributes)
        assert not attributes.get("href", "#").startswith("javascript")
        assert attributes.get("lang", "ru") in ("ru", "en")
    assert "<script>alert(1)</script>" in hostile.text
    assert "javascript:alert(3)" in hostile.text
    assert "{{ 7 * 7 }}" in hostile.text
    assert "{0.__class__}" in hostile.text
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", hostile.html)


def test_a_quote_of_ten_thousand_characters_is_shortened_and_says_so(hostile):
    longest = max((data for _, data in hostile.texts), key=len)
    assert len(longest) <= IN_INDEX + 1
    assert re.search("1600 из 10\N{NO-BREAK SPACE}20[02] знаков", hostile.html)


def test_shortening_keeps_words_and_limits():
    assert shorten("коротко", 20) == "коротко"
    assert shorten("одно другое третье", 14) == "одно другое…"
    assert len(shorten("я" * 99, 20)) == 21
    assert index_limit(10) == IN_INDEX
    assert index_limit(4000) * 4000 <= 1_500_000


@pytest.mark.parametrize(
    ("given", "shown"), [("ru", "ru"), ("en-GB", "en-GB"), ('ru" x="', ""), (None, ""), ("", "")]
)
def test_only_language_codes_become_lang(given, shown):
    assert tongue(given) == shown


def test_times_are_written_as_on_a_recorder():
    assert [clock(s) for s in (5.2, 125, 3725)] == ["0:05", "2:05", "1:02:05"]


def test_quotes_without_consent_are_counted_and_never_shown(tmp_path):
    builder = small(4)
    secret = "Секретные слова про директора"
    builder.person(
        "Молчун",
        [(secret, "b2b8:purchase", "feelings:irritation", "barriers:slow_reply")],
        consent=False,
        buying_role="buyer",
    )
    study = builder.study()
    for language in LANGUAGES:
        shown = page(study, tmp_path, language=language)
        assert secret not in shown.html
        assert "Секретные" not in shown.html
        withheld = {"ru": "цитата скрыта: нет согласия", "en": "quote withheld, no consent"}
        in_panels = shown.html.partition('class="panels"')[2]
        assert withheld[language] in in_panels
        assert withheld[language] in shown.html.removesuffix(in_panels)
    built = report.build(study)
    assert built["n"] == 5
    ranking = built["pains"]["frame"].set_index("code")
    assert ranking.loc["barriers:slow_reply", "n_participants"] == 1


def test_machine_tagging_shows_on_the_face_the_curve_and_each_quote(tmp_path):
    builder = small(3)
    builder.person(
        "М",
        [("Машина это пометила", "b2b8:use", "feelings:joy", "barriers:navigation")],
        status="suggested",
        coder="model:emotion-2",
    )
    study = builder.study()
    human = page(study, tmp_path)
    assert "Машина это пометила" not in human.html
    assert 'class="banner"' not in human.html
    assert "не входят" in human.text
    mixed = page(study, tmp_path, include="suggested")
    assert "размечено машиной, не проверено" in mixed.text
    assert 'class="banner"' in mixed.html
    assert re.search(r'class="point[^"]*\bmachine\b', mixed.html)
    assert "chart-note" in mixed.html
    quotes = re.findall(r"<figure class=\"quote\">.*?</figure>", mixed.html, re.S)
    marked = [q for q in quotes if "Машина это пометила" in q]
    assert marked
    assert all('class="tag"' in q for q in marked)
    assert not any('class="tag"' in q for q in quotes if q not in marked)
    assert (
        "machine-tagged, uncorrected"
        in page(study, tmp_path, include="suggested", language="en").text
    )


# -- quotes -------------------------------------------------------------------------------------


def test_a_place_shows_few_quotes_one_a_person_first(tmp_path):
    builder = Builder()
    for i in range(4):
        said = [
            (f"Договор, попытка {i} {k}", "b2b8:purchase", "barriers:contract") for k in range(9)
        ]
        builder.person(f"Ч{i}", said)
    study = builder.study()
    panel = report.build(study)["panels"]["pain|barriers:contract"]
    assert panel.n_codings == 36
    assert len(panel.quotes) == CAP
    assert len({q["participant"] for q in panel.quotes[:4]}) == 4
    assert "показаны 5 из 36" in page(study, tmp_path).text
    shown = {c for p in report.build(study)["panels"].values() for c in p.chosen}
    assert set(report.build(study)["evidence"]["coding_id"]) == shown


def test_quotes_keep_their_language(tmp_path):
    builder = small(2).person("Ann", [("It is slow", "b2b8:use", "feelings:joy")], language="en")
    for language in LANGUAGES:
        html = page(builder.study(), tmp_path, language=language).html
        assert '<blockquote lang="en" dir="auto">It is slow</blockquote>' in html
        assert '<blockquote lang="ru" dir="auto">' in html


# -- survey and personas ------------------------------------------------------------------------


def test_survey_numbers_stand_apart():
    builder = small(12)
    people = [f"Человек {i}" for i in range(12)]
    values = dict(zip(people, [10, 9, 9, 8, 7, 7, 6, 5, 10, 10, 3, 9.0], strict=True))
    builder.scale("nps", "Порекомендуете?", values, metric="nps", scale_min=0, scale_max=10)
    builder.scale("pii", "Телефон", values, pii=True)
    study = builder.study()
    [row] = survey_scores(study).to_dict("records")
    assert (row["n"], row["score"]) == (12, 25)
    assert row["mean"] == pytest.approx(93 / 12)
    built = report.build(study)
    assert "+25" in built["survey"]["rows"][0]["nps"]
    assert built["curve"]["frame"].equals(report.build(small(12).study())["curve"]["frame"])
    given = {"Человек 0": 10.0, "Человек 1": 1.0}
    few = small(3).scale("n", "?", given, metric="nps", scale_min=0, scale_max=10)
    said = report.build(few.study())["survey"]["rows"][0]["nps"]
    assert "индекс не считаем" in said


def test_survey_numbers_are_those_of_aggregate_by_stage_and_no_odd_scale_stops_the_report():
    values = {f"Человек {i}": 1.0 + i % 5 for i in range(12)}
    builder = small(12)
    builder.scale("b", "Любой?", values, metric="nps", scale_min=1, scale_max=5)
    builder.scale("a", "Легко?", values, metric="ces", scale_min=1, scale_max=5, stage="b2b8:use")
    lower = {"higher_is_better": False, "stage": "b2b8:search"}
    builder.scale("c", "Долго?", values, metric="other", scale_min=1, scale_max=5, **lower)
    survey = report.build(builder.study(), language="en")["survey"]
    assert [row["text"] for row in survey["rows"]] == ["Долго?", "Легко?", "Любой?"]
    assert [row["stage"] for row in survey["rows"]] == [
        "Search for solutions",
        "Use and support",
        "",
    ]
    assert [row["lower_is_better"] for row in survey["rows"]] == [True, False, False]
    assert [row["nps"] for row in survey["rows"]] == ["", "", ""]
    assert survey["frame"]["unit"].eq("points").all()
    expected = stats.t.interval(0.95, 11, *(f(list(values.values())) for f in (np.mean, stats.sem)))
    assert survey["frame"].loc[0, ["low", "high"]].tolist() == pytest.approx(expected)


def test_without_personas_people_are_grouped_by_role_and_it_says_so(study, tmp_path, russian):
    assert "сгруппированы по роли" in russian.text
    cards = report.build(study)["personas"]["cards"]
    assert sorted(c["name"] for c in cards) == ["главный инженер", "снабженец"]
    assert [c["n"] for c in cards] == [3, 3]
    nobody = page(small(3, buying_role=None).study(), tmp_path)
    assert "группировать не по чему" in nobody.text


def test_the_sample_study_makes_both_reports(tmp_path):
    from cjmresearch import workflow

    with workflow.demo_project(tmp_path / "sample.cjm") as project:
        study = project.study()
    refused = study.participants.loc[study.participants["consent"].eq(False), "participant_id"]
    theirs = study.speakers[study.speakers["participant_id"].isin(refused)]
    turns = study.turns.merge(theirs, on=["source_id", "speaker"])
    texts = study.current_texts
    words = [texts[t.source_id][t.start : t.end] for t in turns.itertuples()]
    assert words
    for language in LANGUAGES:
        shown = page(study, tmp_path, language=language)
        assert shown.errors == []
        assert {x[1:] for x in shown.links} <= set(shown.ids)
        flat = re.sub(r"\s+", " ", shown.text)
        for said in words:
            sentences = [s for s in re.split(r"(?<=[.?!])\s", said) if len(s) > 40]
            assert not any(re.sub(r"\s+", " ", s) in flat for s in sentences)


# -- size ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_tens_of_thousands_of_codings_make_a_page_that_opens(tmp_path):
    """18 interviews and 1706 survey rows, machine-tagged: under 8 MB and a minute."""
    codes = codebooks.default("b2b8")
    slugs = {k: list(g["slug"]) for k, g in codes.groupby("kind")}
    builder = Builder()
    for i in range(1724):
        turns = 90 if i < 18 else 3
        passages = [
            (
                f"{'Довольно длинная фраза о том, как всё было на самом деле. ' * 3}{i} {k}",
                slugs["stage"][(i + k) % 8],
                slugs["emotion"][(i * 7 + k) % len(slugs["emotion"])],
                slugs["touchpoint"][(i * 5 + k) % len(slugs["touchpoint"])],
                slugs["pain"][(i * 3 + k) % len(slugs["pain"])],
                slugs["need"][0],
            )
            for k in range(turns)
        ]
        builder.person(
            f"Ч{i}", passages, status="suggested", coder="model:emotion-2", buying_role="buyer"
        )
    study = builder.study()
    assert len(study.codings) > 30_000
    [path] = report.write(study, tmp_path, include="suggested")
    assert path.stat().st_size < 8_000_000


def test_the_command_takes_questions_templates_and_the_format_of_its_file(tmp_path, capsys):
    project = tmp_path / "s.cjm"
    Project.create(project, goal="Learn").close()
    folder = tmp_path / "mine"
    folder.mkdir()
    own(folder, sample_html="", codebook_html="<p>{{ codebook | length }} codes of ours</p>")
    command = ["report", str(project), "--lang", "en", "--quiet", "--template", str(folder)]
    out = tmp_path / "r.html"
    assert cli.main([*command, "--out", str(out), "--question", "Why?", "--question", "How?"]) == 0
    page = Page(out.read_text(encoding="utf-8"))
    assert "Questions of the study Why? How?" in page.text
    assert "codes of ours" in page.text
    assert cli.main([*command, "--out", str(tmp_path / "r.docx")]) == 2
    assert "is for html, and only docx is written" in capsys.readouterr().err
