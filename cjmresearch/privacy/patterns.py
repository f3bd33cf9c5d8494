"""What can be told by its form: contacts, documents, addresses, links and organisations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cjmresearch.privacy.mention import Mention
from cjmresearch.privacy.russian import look_up

_CAP = r"[A-ZА-ЯЁÀ-ÖØ-Þ]"
_S = r"[ \t\u00a0\u202f]"
_QUOTED = r"(?:«[^«»\n]{1,60}»|\"[^\"\n]{1,60}\"|“[^”\n]{1,60}”)"

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?<![.-])")
LINK = re.compile(
    r"https?://[^\s<>«»\"]+|(?<![\w@.])www\.[^\s<>«»\"]+"
    r"|(?<![\w@./-])(?:[a-zа-я0-9-]+\.)+[a-zа-я]{2,12}/[^\s<>«»\"]*"
    r"|(?<![\w@./])@[A-Za-z_]\w{2,}(?:\.\w+)*",
    re.IGNORECASE,
)
_TRAIL = ".,;:!?)]}'’"
PHONE = re.compile(
    rf"""(?<![\w+№\#/.,-])(?:
      \+\d{{1,3}}[ \u00a0-]?(?:\(\d{{1,5}}\)|\d{{1,5}})(?:[ \u00a0-]?\d{{1,7}}){{1,5}}
    | 8[ \u00a0-]?(?:\(\d{{3,5}}\)|\d{{3}})[ \u00a0-]?\d{{3}}[ \u00a0-]?\d{{2}}[ \u00a0-]?\d{{2}}
    | \(\d{{3,5}}\)[ \u00a0-]?\d{{2,3}}[ -]?\d{{2,4}}(?:[ -]?\d{{2}})?
    | 0\d{{2,4}}[ -]\d{{3,4}}[ -]?\d{{3,4}}
    | (?<!\d[ ])0\d{{9,10}}
    | \d{{3}}-\d{{3}}-\d{{4}}
    | \d{{3}}-\d{{4}}-\d{{3}}
    | \d{{3}}-\d{{2}}-\d{{2}}
    )(?!\d)(?:{_S}?(?:доб|ext)\.?{_S}?\d{{1,6}})?(?![\d-])""",
    re.VERBOSE,
)
DOCUMENT = re.compile(
    rf"""(?<![\w+])(?:
      (?:ИНН|ОГРНИП|ОГРН|КПП|БИК|СНИЛС|ОКПО|VIN){_S}?:?{_S}?\d[\d -]{{6,18}}\d
    | \d{{3}}-\d{{3}}-\d{{3}}{_S}\d{{2}}
    | \d{{3}}-\d{{2}}-\d{{4}}
    | \d{{4}}(?:[ -]\d{{4}}){{3}}
    | [A-Z]{{2}}\d{{2}}(?:{_S}?[A-Z0-9]{{4}}){{3,7}}(?:{_S}?[A-Z0-9]{{1,3}})?
    | \d{{2}}{_S}?\d{{2}}{_S}\d{{6}}
    | \d{{15,20}}
    | (?:№|No\.|Nr\.|N°|\#|(?:number|номер){_S}(?=\w*\d{{5}})){_S}?
      (?=[\w/-]*\d{{2}})[\w]+(?:[/-]\w+)*(?:{_S}\d{{6,}})?
    )(?![\w])""",
    re.VERBOSE,
)

_STREET = (
    r"(?:[Уу]л\.|[Уу]лиц[аеуы]|[Уу]лицей|[Пп]роспект(?:а|е|у|ом)?|[Пп]р-к?т|[Пп]ереул(?:ок|ка|ке|ку)"
    r"|[Пп]ер\.|[Нн]абережн(?:ая|ой|ую)|[Нн]аб\.|[Бб]ульвар(?:а|е|у)?|[Бб]-р|[Шш]оссе|[Пп]роезд(?:а|е|у)?"
    r"|[Пп]лощад[ьи]|[Пп]л\.|[Тт]упик(?:а|е)?|[Аа]лле[яеию])"
)
_STREET_NAME = rf"(?:\d{{1,4}}-?\w{{0,4}}{_S})?[А-ЯЁ][а-яё-]+(?:{_S}[А-ЯЁ][а-яё-]+){{0,2}}"
_HOUSE = rf",?{_S}?(?:(?:д\.|дом|вл\.){_S}?)?\d+(?:/\d+)?{_S}?(?:[А-Яа-я](?!\w))?"
_ROOM = (
    rf"(?:,?{_S}?(?:корп(?:ус)?|к|стр(?:оение)?|кв(?:артира)?|оф(?:ис)?|пом|ком|подъезд)\.?"
    rf"{_S}?\d+[А-Яа-я]?(?!\w))*"
)
_TOWN = rf"(?:(?:г\.|город|пос\.|п\.|с\.|д\.){_S}?[А-ЯЁ][а-яё-]+(?:{_S}[А-ЯЁ][а-яё-]+)?,{_S})"
ADDRESS_RU = re.compile(
    rf"(?<![\w])(?:\d{{6}},{_S})?{_TOWN}?"
    rf"(?:{_STREET}{_S}?{_STREET_NAME}|{_STREET_NAME}{_S}{_STREET}){_HOUSE}{_ROOM}"
)
ADDRESS_EN = re.compile(
    rf"(?<![\w.,-])\d+[A-Za-z]?{_S}(?:[A-Z][\w'’]+{_S}){{1,3}}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Way|Square|Sq|Court|Ct|Boulevard|Blvd|Place|"
    r"Terrace|Close|Crescent|Hill|Park|Row|Mews|Parade)\b"
    r"(?:(?<=St|Rd|Ln|Dr|Sq|Ct)\.(?= [a-z]|,)|(?<=Ave)\.(?= [a-z]|,))?"
    rf"(?:,{_S}(?:Suite|Flat|Apt\.?|Unit|Room|Floor){_S}\w+)?(?:,{_S}[A-Z][a-z]+)?"
    rf"|P\.?{_S}?O\.?{_S}Box{_S}\d+(?:,{_S}[A-Z][a-z]+)?"
)

_FORM_RU = r"(?:ООО|АО|ЗАО|ОАО|ПАО|НАО|ГК|НПО|НПП|НПФ|ПКФ|ТОО|МУП|ФГУП|ГУП|ТД|АНО|СНТ|ТСЖ|ЧОП)"
_WORD_RU = (
    r"(?:[Кк]омпани[а-яё]{1,3}|[Фф]ирм[а-яё]{1,3}|[Зз]авод(?:а|у|ом|е)?|[Бб]анк(?:а|у|ом|е)?|"
    r"[Хх]олдинг(?:а|у|ом|е)?|[Мм]агазин(?:а|у|ом|е)?|[Аа]гентств[а-яё]{1,2}|[Сс]туди[а-яё]{1,2}|"
    r"[Кк]линик[а-яё]{1,2}|[Кк]онцерн(?:а|у|ом|е)?|[Гг]рупп[а-яё]{1,2}\sкомпаний|[Фф]абрик[а-яё]{1,2}|"
    r"[Кк]омбинат(?:а|у|ом|е)?|[Сс]алон(?:а|у|ом|е)?|[Сс]ет[ьи])"
)
ORGANISATION_RU = re.compile(
    rf"(?<!\w)(?:{_FORM_RU}{_S}(?:{_QUOTED}|{_CAP}[\w-]+(?:{_S}{_CAP}[\w-]+)?)|{_WORD_RU}{_S}{_QUOTED}"
    rf"|ИП{_S}[А-ЯЁ][а-яё-]+(?:{_S}[А-ЯЁ]\.{_S}?[А-ЯЁ]\.)?)"
)
_DEALT_RU = (
    r"(?:[Пп]оставщик|[Пп]одрядчик|[Пп]еревозчик|[Кк]онкурент|[Пп]артн[её]р|[Пп]ровайдер|"
    r"[Зз]астройщик|[Дд]илер)[а-яё]{0,3}"
)
_HYPHENED = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)+"
NAMED_RU = re.compile(
    rf"(?<!\w)(?:{_DEALT_RU}{_S}(?P<dealt>{_QUOTED})|(?P<parts>«{_HYPHENED}»|\"{_HYPHENED}\"))"
)
"""A firm in quotes without its form: of two parts, or after who one deals with."""
BARE_RU = re.compile(
    rf"(?<!\w)(?:[Кк]омпани|[Фф]ирм|[Хх]олдинг|[Кк]онцерн)[а-яё]{{0,3}}{_S}"
    rf"(?P<name>[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)*)(?![\w-])"
)
"""A firm without quotes after «компания»; the name of a place there is where the firm is."""
_FORM_EN = (
    r"(?:Ltd|Limited|Inc|LLC|LLP|PLC|plc|GmbH|Corp|Corporation|Co|AG|Group|Holdings|Bank|Partners|"
    r"S\.A|B\.V|Pty)"
)
ORGANISATION_EN = re.compile(
    rf"(?<!\w)(?:[A-ZÀ-ÖØ-Þ][\w'’-]*{_S}(?:&{_S}|and{_S}(?=[A-Z]))?){{1,4}}{_FORM_EN}\b(?:{_S}{_FORM_EN}\b)*"
    rf"(?:\.(?={_S}[a-z]|,))?"
)
_LEADING = re.compile(
    r"(?:The|A|An|Our|Their|My|His|Her|From|At|With|By|In|For|And|But|So|Then|When|We|I|That|Is)\s"
)

_SIMPLE = (
    ("email", EMAIL, 0.99),
    ("link", LINK, 0.97),
    ("phone", PHONE, 0.95),
    ("document", DOCUMENT, 0.85),
    ("address", ADDRESS_RU, 0.9),
    ("address", ADDRESS_EN, 0.9),
    ("organisation", ORGANISATION_RU, 0.95),
)


def find_patterns(text: str) -> Iterator[Mention]:
    """Give everything that its form betrays, the surer kinds first; may overlap."""
    for kind, pattern, confidence in _SIMPLE:
        for match in pattern.finditer(text):
            found = match.group().rstrip(_TRAIL if kind == "link" else " \t\u00a0")
            yield Mention(match.start(), match.start() + len(found), found, kind, confidence)
    for match in NAMED_RU.finditer(text):
        part = match.lastgroup or "parts"
        yield Mention(*match.span(part), match[part], "organisation", 0.7)
    for match in BARE_RU.finditer(text):
        word = look_up(match["name"])
        if not word.place and not (word.known and word.readings):
            yield Mention(*match.span("name"), match["name"], "organisation", 0.7)
    for match in ORGANISATION_EN.finditer(text):
        start, found = match.start(), match.group()
        while lead := _LEADING.match(found):
            start, found = start + lead.end(), found[lead.end() :]
        if re.search(r"\s", found):
            yield Mention(start, match.end(), found, "organisation", 0.85)


def core(organisation: str) -> str:
    """Cut a firm's name out of its legal form and quotes, lower case: what tells it from others."""
    bare = re.sub(rf"^(?:{_FORM_RU}|{_WORD_RU}|ИП)\s|\s{_FORM_EN}\.?(?=\s|$)", " ", organisation)
    return " ".join(re.sub(r"[«»\"“”]", " ", bare).casefold().replace("ё", "е").split())


def shell(organisation: str) -> str:
    """Give what stands before the quoted name of a Russian firm: its form, in its case."""
    match = re.match(rf"(?:{_FORM_RU}|{_WORD_RU}|ИП)(?=\s)", organisation)
    return match.group() if match else ""
