"""Words that open a scope: negators, hedges, other people's words, other companies, concessions.

Patterns are written as in the codebooks (`cjmresearch.codebooks.syntax`).
"""

from __future__ import annotations

from cjmresearch.text.speech import word_set

NEGATORS = {
    "ru": word_set("не нет ни никакой никогда нисколько нигде ничуть никто ничто ничего никуда"),
    "en": word_set(
        "not no never none nobody nothing nowhere neither nor hardly barely scarcely seldom"
    ),
}
WITHOUT = {"ru": word_set("без"), "en": word_set("without")}
# Beyond them a negator says nothing: «не дорого и удобно».
STOPS = {
    "ru": word_set("и а но что чтобы потому поэтому зато если когда пока хотя почему однако или"),
    "en": word_set(
        "and but because that so then although though until why which when while however or if"
    ),
}
# After these a sentence speaks of something else: «мне сказали, что дорого, но …».
TURNS = {
    "ru": word_set("но зато однако а хотя"),
    "en": word_set("but however yet although though whereas while"),
}
OWN_STARTS = {
    "ru": word_set("я мы мне нам меня нас сам сама сами лично мой наш у"),
    "en": word_set("i we my our me myself personally"),
}
HERE = {
    "ru": word_set("здесь тут вы ваш вас вам у"),
    "en": word_set("here you your yours this"),
}
ONE = word_set("я мы i we")

# «Проблем не было», «ждать не пришлось»: what stands before such a verb is denied too.
EXISTENTIAL = word_set(
    "быть возникать возникнуть оказаться оказываться замечать заметить встречать встретить видеть "
    "наблюдаться прийтись приходиться случаться случиться потребоваться понадобиться испытывать "
    "испытать обнаружить обнаружиться иметь вызвать вызывать найтись хватать"
)
FRAMES = {
    "ru": (
        "не (мочь|могу|смочь) .. (сказать|пожаловаться|вспомнить|упрекнуть|назвать)",
        "нельзя .. (сказать|назвать)",
        "не (сказал|сказала|сказали|назвал|назвала|назвали) бы",
        "бы не (сказал|сказала|сказали|назвал|назвала|назвали)",
        "не (помнить|думать|считать|сказать|казаться|верить) ... (чтобы|чтоб|что)",
        "не (быть|случаться|бывать) ... (чтобы|чтоб)",
        "не (то|так) (чтобы|чтоб|что)",
        "=нет ... (такого|дня|раза) ... (чтобы|чтоб)",
        "вряд ли",
        "едва ли",
    ),
    "en": (
        "(not|never) .. (say|call|claim|argue|pretend|describe)",
        "not .. (think|believe|feel|find|remember)",
        "not that",
        "not as if",
        "be not like",
        "not .. (day|week|month|time) .. (when|that|without)",
        "far from",
        "less than (helpful|ideal|perfect|happy|impressed|satisfied|thrilled|great|good|clear)",
        "(free|devoid) (of|from)",
        "lack of",
        "fail to",
    ),
}
# What looks like a negation and is none.
CANCELLED = {
    "ru": (
        "не (мочь|могу|смочь) не",
        "нельзя не",
        "невозможно не",
        "не только",
        "не без",
        "(чуть|едва|чуть ли) не",
        "ничего себе",
        "не говорить уже",
        "не дай бог",
        "не раз",
        "(как|что|кто|где|куда|сколько) бы? ни",
    ),
    "en": (
        "(can|could) not help",
        "(can|could) not help but",
        "(can|could) not (not|but)",
        "(can|could) not (wait|stand|bear)",
        "(can|could) not agree more",
        "could not .. (be|been|get|gone|ask) .. (happier|better|easier|more|simpler|nicer)",
        "not only",
        "not just",
        "not without",
        "no doubt",
        "no wonder",
        "nothing but",
        "why not",
        "not to mention",
    ),
}
HEDGES = {
    "ru": (
        "(наверное|наверно|пожалуй|возможно|вероятно|видимо|скорее|отчасти|вроде|вроде бы)",
        "(кажется|казаться|думаю|полагаю|предполагаю)",
        "(может|может быть|мочь быть)",
        "(немного|немножко|слегка|чуть|чуть чуть|чуточку|местами|относительно)",
        "более менее",
        "в (какой то|каком то|некоторой|известной) (степени|смысле|мере)",
        "в (принцип|целом|общем)",
    ),
    "en": (
        "(maybe|perhaps|probably|possibly|presumably|somewhat|slightly|rather|fairly|arguably)",
        "(guess|suppose|reckon)",
        "(kind|sort) of",
        "(kinda|sorta)",
        "a (bit|little|tad|touch)",
        "more or less",
        "(might|may) .. (be|have)",
        "(seem|seems|seemed|appears)",
        "in (a way|principle|some ways)",
        "i would? say",
    ),
}
# The speaker says that they cannot tell.
UNDECIDED = {
    "ru": ("не (знать|уверен|уверенный|понимать) ... (или|ли)", "(сложно|трудно) сказать"),
    "en": (
        "(not sure|do not know|can not tell|can not decide) .. (whether|if)",
        "(hard|difficult) to (say|tell)",
        "on the fence",
    ),
}
_PEERS_RU = (
    "коллега|начальник|начальница|директор|босс|шеф|руководитель|сосед|соседка|друг|подруга|"
    "знакомый|знакомая|муж|жена|мама|папа|брат|сестра|сын|дочь|приятель|приятельница|бухгалтер|"
    "все|многие|некоторые|люди|кто то|другие|клиенты|партнер"
)
_STAFF_RU = (
    "=мне|=нам|=меня|=нас|менеджер|продавец|оператор|консультант|поддержка|техподдержка|они|он|она|"
    "сотрудник|специалист|курьер|мастер|ребята|народ"
)
_SAY_RU = (
    "сказать|говорить|обещать|пообещать|уверять|уверить|заверять|заверить|утверждать|рассказать|"
    "рассказывать|писать|написать|клясться|убеждать|заявить|заявлять|хвастаться"
)
_JUDGE_RU = (
    "жаловаться|пожаловаться|хвалить|ругать|считать|думать|полагать|предупреждать|советовать"
)
_FEEL_RU = "нравиться|любить|ненавидеть|доволен|недоволен|довольный|недовольный|в восторге|бесит"
_PEERS_EN = (
    "boss|manager|colleague|coworker|friend|neighbour|neighbor|husband|wife|director|ceo|mother|"
    "father|brother|sister|everyone|everybody|people|others|many|someone|somebody|partner|team|"
    "review|reviews|accountant|client|customer"
)
_STAFF_EN = "they|he|she|guy|rep|salesman|agent|support|seller|consultant|vendor|supplier"
_SAY_EN = "say|tell|told|promise|swear|swore|sworn|claim|assure|insist|write|wrote|argue|mention"
_JUDGE_EN = "complain|think|thought|believe|rave|praise|recommend|warn"
_FEEL_EN = "love|hate|like|dislike|adore|delighted|happy|unhappy|thrilled|pleased|furious|annoyed"
# Other people's opinion, and hearsay: never the speaker's.
HEARSAY = {
    "ru": (
        f"({_PEERS_RU}) .. ({_SAY_RU}|{_JUDGE_RU}|{_FEEL_RU})",
        f"({_SAY_RU}|{_JUDGE_RU}) (коллега|начальник|директор|шеф|сосед|друг|подруга|муж|жена)",
        "по слова",
        "по отзывам",
        f"(в отзывах|на форумах|в интернете|в комментариях) .. ({_SAY_RU}|{_JUDGE_RU})",
        "отзывы .. (говорить|ругать|хвалить)",
        "(=говорят|=пишут|=рассказывают|якобы|считается|слышал|слышала|слышали)",
        "как говорится",
    ),
    "en": (
        f"({_PEERS_EN}) .. ({_SAY_EN}|{_JUDGE_EN}|{_FEEL_EN})",
        "according to",
        "(apparently|supposedly|allegedly|reportedly)",
        "they say",
        "(i|we) .. (heard|read) .. (that|it|the|they)",
        "as (they|the saying) (say|goes)",
    ),
}
# What the company told the speaker: reported too, but the speaker may well suffer from it.
TOLD = {
    "ru": (
        f"({_STAFF_RU}) .. ({_SAY_RU})",
        "(=сказали|=обещали|=уверяли|=говорили|=клялись|=заверили|=пообещали|=заверяли|=убеждали)",
    ),
    "en": (
        f"({_STAFF_EN}) .. ({_SAY_EN})",
        "(i|we) .. (be|was|were|been|got) .. (told|promised|assured)",
    ),
}
_OTHER_RU = "прошлый|прежний|старый|предыдущий|бывший|другой|соседний|конкурирующий"
_FIRM_RU = (
    "система|поставщик|банк|оператор|программа|сервис|компания|провайдер|подрядчик|магазин|"
    "приложение|фирма|контора|производитель|дилер|вендор|площадка|маркетплейс|клиника|салон"
)
_OTHER_EN = "other|another|previous|old|former|last|competing|rival"
_FIRM_EN = (
    "company|supplier|bank|system|provider|vendor|software|tool|app|shop|store|agency|service|"
    "firm|contractor|operator|platform|marketplace|clinic|product"
)
ELSEWHERE = {
    "ru": (
        "конкурент",
        f"({_OTHER_RU}) ({_FIRM_RU})",
        f"({_FIRM_RU}) (конкурент)",
        "там ... а (вы|тут|здесь|у вас)",
    ),
    "en": ("competitor", "competition", f"({_OTHER_EN}) ({_FIRM_EN})", "rival"),
}
CONCEDING = {
    "ru": ("хотя", "несмотря на", "невзирая на", "пусть", "пускай", "при (всей|всем|всех)"),
    "en": ("although", "though", "even though", "despite", "in spite of", "for all", "while"),
}
# Those that concede a noun, not a clause.
CONCEDING_NOUNS = word_set("на при всей despite of for all")
# What turns a sentence against what it has said so far.
TURNING = {
    "ru": word_set("но зато однако"),
    "en": word_set("but however yet"),
}
SUPPOSED = {"ru": word_set("если ежели"), "en": word_set("if unless")}
COMPARED = {
    "ru": word_set(
        "лучше хуже быстрее медленнее удобнее дешевле дороже проще сложнее надежнее выгоднее "
        "вежливее понятнее качественнее легче приятнее интереснее больше меньше шире"
    ),
    "en": word_set(
        "better worse faster slower cheaper easier simpler nicer quicker friendlier clearer "
        "smoother harder more less"
    ),
}
