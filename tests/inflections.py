"""All case and number forms of the touchpoint terms of the codebook, in running sentences."""

import itertools

import pymorphy3

from cjmresearch import codebooks
from cjmresearch.codebooks.syntax import expand

MORPH = pymorphy3.MorphAnalyzer()
CASES = {
    "nomn": "Вчера снова обсуждалось это: {}, и всё.",
    "gent": "Началось всё после {} ещё весной.",
    "datv": "Мы тогда очень обрадовались {} и успокоились.",
    "accs": "Сначала мы увидели {} совсем случайно.",
    "ablt": "Все у нас интересовались {} долго.",
    "loct": "Потом мы вспомнили о {} ещё раз.",
}
ENGLISH = {
    "website": "website|web page|landing page|homepage|online shop|contact form",
    "search_engine": "search engine|search result",
    "social": "social network",
    "email": "newsletter|mailbox|inbox",
    "online_ads": "banner|sponsored post",
    "webinar": "webinar|online conference|online seminar",
    "chat": "live chat|chatbot|messenger|chat window",
    "portal": "customer portal|client portal|dealer portal|personal account",
    "configurator": "online configurator|price calculator|sizing tool",
    "exhibition": "exhibition|trade fair|trade show|booth",
    "seminar": "seminar|round table|masterclass",
    "print": "brochure|leaflet|flyer|catalogue|booklet|business card|price list|user guide",
    "direct_mail": "postcard|physical letter",
    "sales_manager": "sales manager|salesperson|account manager|sales rep",
    "engineer": "application engineer|technical specialist|product expert",
    "support": "support line|help desk|service engineer|technician",
    "call_centre": "call centre|hotline|receptionist|switchboard",
    "management": "managing director|commercial director",
    "installer": "installer|installation crew|delivery driver|courier|subcontractor",
}
ENGLISH_CARRIERS = (
    "Then {} came up, twice.",
    "We talked about {} later on.",
    "I remember {} well.",
)


def russian_terms():
    """Give (term in the words of the pattern, slug) of all patterns without gaps and marks."""
    found = codebooks.patterns("touchpoints")
    text = found[(found["language"] == "ru") & (found["applies_to"] == "text")]
    for row in text.itertuples():
        if row.pattern[0] == "~" or any(c in row.pattern for c in "=*."):
            continue
        for slots in expand(row.pattern):
            for words in itertools.product(*(s.words for s in slots)):
                yield words, row.slug


def russian_forms():
    """Give (sentence, term in it, slug) for every case and number a term has."""
    for words, slug in dict.fromkeys(russian_terms()):
        head = next((i for i, w in enumerate(words) if noun(w)), None)
        if head is not None and all(noun(w) for w in words):  # «чат-бот»: the last one changes
            head = len(words) - 1
        if head is None or not all(adjective(w) or noun(w) for w in words[:head]):
            continue
        for number, case in itertools.product(("sing", "plur"), CASES):
            form = inflected(words, head, (number, case))
            if form:
                yield CASES[case].format(form), form, slug


def noun(word):
    """Give the parse of a noun in its dictionary form."""
    parses = (p for p in MORPH.parse(word) if "NOUN" in p.tag and p.normal_form == p.word)
    return next((p for p in parses if p.tag.case in ("nomn", None)), None)


def adjective(word):
    return next((p for p in MORPH.parse(word) if p.tag.POS in ("ADJF", "PRTF")), None)


def inflected(words, head, form):
    number, case = form
    main = noun(words[head])
    said = main.inflect({number, case})
    if said is None or (number == "plur" and "Sgtm" in main.tag):
        return None
    agree = {number, case} | ({main.tag.gender} if number == "sing" and main.tag.gender else set())
    if case == "accs" and (number == "plur" or main.tag.gender == "masc"):
        agree.add(main.tag.animacy)
    before = [w if noun(w) else agreeing(w, agree) for w in words[:head]]
    if None in before:
        return None
    return " ".join([*before, said.word, *words[head + 1 :]])


def agreeing(word, agree):
    form = adjective(word).inflect(agree)
    return form and form.word


def english_forms():
    """Give (sentence, term in it, slug) for singular, plural, possessive, title and capitals."""
    for slug, terms in ENGLISH.items():
        for term in terms.split("|"):
            plural = f"{term[:-1]}ies" if term.endswith("y") else plural_of(term)
            written = (term, plural, f"{term}'s", f"{term}’s", term.title(), plural.upper())
            for form, carrier in itertools.product(written, ENGLISH_CARRIERS):
                yield carrier.format(f"the {form}"), form, f"touchpoints:{slug}"


def plural_of(term):
    for one, many in (("salesperson", "salespeople"), ("person", "people")):
        if term.endswith(one):
            return term.removesuffix(one) + many
    return term + ("es" if term.endswith(("s", "x", "ch", "sh")) else "s")
