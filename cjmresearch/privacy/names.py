"""Short lists that the rules lean on: given names, their short forms, words beside a name."""

from __future__ import annotations

import re


def words(text: str) -> tuple[str, ...]:
    """Split a list that is written as a text."""
    return tuple(text.split())


ENGLISH_MEN = frozenset(
    words(
        "aaron abdul adam adrian ahmed alan albert alexander alfred ali andrew anthony "
        "antonio arjun arnold arthur barry benjamin bernard bradley brandon brian bruce bruno "
        "callum carl carlos cedric charles chen christopher clive colin connor craig cyril "
        "dale damian daniel darren david dean dennis derek desmond diego dimitri dominic "
        "donald douglas duncan dylan edgar edward edwin elliot eric ernest ethan eugene evan "
        "ferdinand fernando francis franz fred frederick gareth gary gavin geoffrey george "
        "gerald gilbert giovanni glenn gordon graham gregory guy hamid hans harold hassan "
        "henry herbert hiroshi howard hugh hugo ian ibrahim igor isaac ivan jacob jamal james "
        "jason javier jeffrey jeremy jerome jesse joel john jonathan jorge jose joseph joshua "
        "juan julian justin karl keith kenji kenneth kevin klaus kumar kurt kyle lars "
        "laurence lawrence leo leonard leroy lewis liam lionel louis lucas luigi luis luke "
        "malcolm marco marcus mario martin matthew maurice michael miguel milan mohamed "
        "mohammed morgan muhammad nathan neil nicholas nigel noah norman oliver omar oscar "
        "otto owen pablo patrick paul pedro peter philip pierre quentin rafael raj rajesh "
        "ralph ramesh raymond reginald ricardo richard robert roger roland ronald ross rupert "
        "russell ryan samuel sanjay scott sean sebastian sergei simon stanley stefan stephen "
        "steven stuart sven tariq terence theodore thomas timothy toby trevor tyler victor "
        "vikram vincent vladimir walter wei wilfred william xavier yusuf zachary"
    )
)
ENGLISH_WOMEN = frozenset(
    words(
        "abigail adele agatha agnes aisha alexandra alice alison amanda amelia amy andrea "
        "angela anita ann anna anne annette audrey barbara beatrice bella bernadette bethany "
        "beverley brenda bridget bronwen camilla carla carmen carol caroline catherine "
        "cecilia celia charlotte chloe christina christine cindy claire clara claudia connie "
        "constance cynthia daphne deborah deirdre denise diana diane dolores donna doris "
        "dorothy edith eileen elaine eleanor elena elisabeth elizabeth ella ellen eloise elsa "
        "emily emma erica esther ethel eva evelyn fatima felicity fiona frances francesca "
        "freya gabriella gemma geraldine gillian gloria gwen hannah harriet heather helen "
        "helena henrietta hilary ida imogen ingrid irene iris isabel isabella isla jacqueline "
        "jane janet janice jasmine jean jennifer jessica joan joanna josephine joyce judith "
        "julia julie karen katherine kathleen keiko kimberly kirsten laura lauren leah leila "
        "lena lesley linda lisa lois lorraine louise lucia lucy lydia mabel madeleine maria "
        "marian marie marion martha mary matilda maureen megan mei melanie melissa michelle "
        "mildred miriam molly monica muriel nadia nancy naomi natalie natasha nicola nicole "
        "nina nora olga olivia pamela patricia paula pauline penelope philippa phoebe polly "
        "priya rachel rebecca rhiannon rosalind rosemary ruth sabrina samantha sandra sara "
        "sarah sharon sheila shirley simone sofia sonia sophia sophie stella stephanie susan "
        "suzanne sylvia tamara tanya teresa theresa tracy ursula valerie vanessa vera "
        "veronica violet vivian wendy winifred yolanda yvonne zara zoe"
    )
)
ENGLISH_SHORT: dict[str, frozenset[str]] = {
    short: frozenset(full.split("/"))
    for short, full in (
        pair.split("=")
        for pair in words(
            "alex=alexander/alexandra al=alan/albert andy=andrew angie=angela becky=rebecca "
            "ben=benjamin beth=elizabeth betty=elizabeth bert=albert/herbert bob=robert "
            "bobby=robert cathy=catherine charlie=charles "
            "chris=christopher/christine/christina dan=daniel danny=daniel dave=david "
            "debbie=deborah diego=diego don=donald ed=edward eddie=edward ellie=eleanor "
            "fran=frances freddie=frederick geoff=geoffrey greg=gregory gus=gus "
            "jackie=jacqueline jake=jacob jamie=james jeff=jeffrey jen=jennifer "
            "jenny=jennifer jerry=gerald jess=jessica jim=james jimmy=james joe=joseph "
            "johnny=john jon=jonathan josh=joshua judy=judith kate=katherine/catherine "
            "katie=katherine/catherine kathy=katherine ken=kenneth kim=kimberly "
            "larry=lawrence len=leonard liz=elizabeth lizzie=elizabeth lou=louis/louise "
            "maggie=margaret margaret=margaret matt=matthew mel=melanie/melissa "
            "meg=megan/margaret mick=michael mike=michael nat=nathan/natalie ned=edward "
            "nick=nicholas olly=oliver pam=pamela peggy=margaret pete=peter phil=philip "
            "ron=ronald sally=sarah sam=samuel/samantha sandy=sandra/alexander "
            "steph=stephanie steve=steven/stephen sue=susan susie=susan suzie=susan "
            "ted=edward/theodore terry=terence/theresa tess=theresa tim=timothy "
            "tina=christina tom=thomas tommy=thomas tony=anthony vicky=victoria vic=victor "
            "vince=vincent walt=walter zack=zachary bill=william will=william rob=robert "
            "mark=mark jack=john harry=harold max=maximilian frank=francis art=arthur "
            "pat=patrick/patricia penny=penelope rose=rose may=may grace=grace hope=hope "
            "faith=faith victoria=victoria jordan=jordan chip=charles rich=richard "
            "dick=richard dawn=dawn june=june april=april daisy=daisy lily=lily ray=raymond "
            "drew=andrew chase=chase miles=miles grant=grant christian=christian "
            "austin=austin paris=paris sydney=sydney florence=florence chelsea=chelsea "
            "georgia=georgia joy=joy ruby=ruby amber=amber holly=holly ivy=ivy hazel=hazel "
            "olive=olive crystal=crystal summer=summer melody=melody guy=guy gene=eugene "
            "dean=dean dale=dale glen=glen cliff=clifford jean=jean carol=carol "
            "patience=patience charity=charity robin=robin rocky=rocky buddy=buddy "
            "sunny=sunny wade=wade"
        )
    )
}
ENGLISH_DOUBTFUL = frozenset(
    words(
        "al art april amber austin bill buddy carol charity chase chelsea chip christian "
        "cliff crystal daisy dale dawn dean dick don drew faith florence frank gene georgia "
        "glen grace grant guy harry hazel holly hope ivy jack jean jordan joy june lily mark "
        "max may melody miles milan nat ned olive pam paris pat patience penny ray rich rob "
        "robin rocky rose ruby ross sam sandy scott sue summer sunny sydney victoria violet "
        "wade will iris"
    )
)
"""Given names that are also words, months or places: taken only where the talk shows a person."""
ENGLISH_STRICT = frozenset(
    words(
        "austin chelsea florence georgia jordan milan paris sydney victoria april june may "
        "summer art hope faith joy patience charity crystal melody chip chase"
    )
)
"""Doubtful names that need a surname or a title whatever their place in the sentence."""

ENGLISH_TITLES = re.compile(
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Doctor|Sir|Madam|Dame|Lord|Lady|Father|Sister|"
    r"Uncle|Aunt|Auntie|Captain|Judge)\.?$"
)
ENGLISH_SPEAKS = frozenset(
    words(
        "said says told tells asked asks thinks thought wanted wants answered answers called "
        "calls was is has had did does went came took sent wrote works worked lives lived "
        "left retired rang signed knows knew likes liked promised forgot handled answered and"
    )
)
ENGLISH_CALLED = frozenset(words("named called"))
ENGLISH_PEOPLE = frozenset(
    words(
        "man woman guy girl boy lady gentleman person chap bloke someone somebody friend he she "
        "he's she's wife husband son daughter brother sister colleague manager driver engineer "
        "director technician neighbour boss rep agent"
    )
)
"""Who may be called something that is a name; what else is called so is a firm or a tool."""
ENGLISH_REACHED = frozenset(
    words(
        "emailed phoned rang texted messaged asked told met thanked contacted hired "
        "interviewed begged"
    )
)
"""Verbs whose object is mostly somebody."""
ENGLISH_CALLERS = frozenset(words("i we they he she you i've we've they've he's she's"))
"""Before "called": who rings somebody, not what bears a name."""
ENGLISH_SPOKEN = frozenset(words("spoke speak spoken talk talked talking chatted chat"))
ENGLISH_SAYS = frozenset(
    words(
        "said says told asked replied answered emailed rang phoned promised apologised explained "
        "helped phones thinks thought knew laughed smiled admitted shrugged"
    )
)
"""Verbs whose subject is somebody."""
ENGLISH_CUES = frozenset(
    words(
        "rep agent plumber electrician installer recruiter landlord boss manager driver buyer "
        "engineer director neighbour colleague assistant accountant technician operator consultant"
    )
)
ENGLISH_FUNCTION = frozenset(
    words(
        "a about after again all also although an and any are as ask asked at back be because "
        "been before both bought but by call can come could dear did do does even every "
        "everything finally first for from get give go good great had has have he hello her "
        "here hey hi his honestly how i if in interviewer is it its just last let like look "
        "maybe me mine most my never next no nobody not nothing now of ok okay on once one "
        "only or order our participant perhaps please post probably question reach really "
        "respondent send she since so some somebody someone sometimes still sure take thank "
        "thanks that the their them then there these they this those though to today tomorrow "
        "try two under until up us use very was we well went were what when where which while "
        "who whose why will with without would write yes yesterday yet you your monday "
        "tuesday wednesday thursday friday saturday sunday january february march april may "
        "june july august september october november december spring summer autumn winter mr "
        "mrs ms miss dr sir "
        "yeah yep nope nah uh um er erm hm hmm mm mhm oh ah aha wow well right alright agreed "
        "absolutely exactly correct definitely actually basically obviously totally true gotcha "
        "anyway cool nice fine different everybody everyone anybody anyone anything whoever "
        "whatever whichever neither none both each either others ours yours theirs mine himself "
        "herself itself themselves myself"
    )
)
ENGLISH_AFTER_PLACE = frozenset(
    words(
        "street st road rd avenue ave lane station square park court bridge place hill "
        "airport house hall school university hospital church river sea lake island city "
        "county friday monday tuesday wednesday thursday saturday sunday"
    )
)

RUSSIAN_CUES = frozenset(
    words(
        "господин госпожа менеджер инженер директор начальник бухгалтер курьер водитель "
        "оператор консультант технолог мастер монтажник замерщик продавец специалист коллега "
        "фамилия имя зовут звать тётя тетя дядя баба бабушка дед дедушка доктор врач товарищ "
        "гражданин гражданка поставщик представитель закупщик снабженец сосед соседка брат "
        "сестра племянник племянница дочь дочка сын муж жена некий некто автор"
    )
)
RUSSIAN_SPEECH = frozenset(
    words(
        "сказать говорить позвонить звонить ответить отвечать спросить написать писать "
        "прислать перезвонить обещать пообещать попросить просить объяснить приехать прийти "
        "помочь посоветовать работать уехать подписать решить предложить предлагать показать "
        "рассказать вести считать подтвердить оставить принять передать уйти остаться хотеть "
        "знать думать"
    )
)
RUSSIAN_SHORT: dict[str, str] = dict(
    pair.split("=")
    for pair in words(
        "саша=александр/александра саня=александр/александра сашка=александр/александра "
        "санёк=александр шура=александр/александра сашенька=александр/александра лёша=алексей "
        "леша=алексей лёха=алексей леха=алексей алёша=алексей алёшка=алексей толя=анатолий "
        "толик=анатолий андрюха=андрей андрюша=андрей дрон=андрей антоша=антон тоха=антон "
        "тёма=артём артёмка=артём боря=борис борька=борис вадик=вадим валя=валентин/валентина "
        "валера=валерий вася=василий васёк=василий васька=василий витя=виктор витёк=виктор "
        "виталик=виталий вова=владимир володя=владимир вовка=владимир вован=владимир "
        "влад=владислав слава=вячеслав/владислав/ярослав славик=вячеслав/владислав "
        "гена=геннадий гоша=георгий/игорь жора=георгий гриша=григорий гришка=григорий "
        "даня=даниил/данила денис=денис дэн=денис дениска=денис дима=дмитрий димон=дмитрий "
        "митя=дмитрий димка=дмитрий женя=евгений/евгения женька=евгений/евгения женёк=евгений "
        "ваня=иван ванька=иван ванёк=иван ванюша=иван игорёк=игорь илюха=илья илюша=илья "
        "костя=константин костик=константин костян=константин лёва=лев лёня=леонид "
        "макс=максим миша=михаил мишка=михаил мишаня=михаил коля=николай колян=николай "
        "колька=николай олежка=олег паша=павел пашка=павел пашок=павел петя=пётр петька=пётр "
        "рома=роман ромка=роман серёжа=сергей сережа=сергей серёга=сергей серега=сергей "
        "серый=сергей стас=станислав стасик=станислав стёпа=степан тимоха=тимофей федя=фёдор "
        "юра=юрий юрик=юрий юрка=юрий яша=яков аня=анна анечка=анна анька=анна нюра=анна "
        "анюта=анна настя=анастасия настюша=анастасия ася=анастасия лина=алина/ангелина "
        "вика=виктория вера=вера верочка=вера галя=галина галка=галина даша=дарья дашка=дарья "
        "дашенька=дарья катя=екатерина катюша=екатерина катька=екатерина катерина=екатерина "
        "лена=елена ленка=елена леночка=елена лиза=елизавета зина=зинаида ира=ирина "
        "ирка=ирина иришка=ирина ксюша=ксения ксюха=ксения лара=лариса лариска=лариса "
        "люда=людмила люба=любовь мила=людмила марго=маргарита рита=маргарита маша=мария "
        "маруся=мария машка=мария машенька=мария надя=надежда надюша=надежда наташа=наталья "
        "наташка=наталья наталия=наталья ната=наталья оля=ольга олечка=ольга ольгуша=ольга "
        "полина=полина поля=полина рая=раиса света=светлана светка=светлана светик=светлана "
        "соня=софья софия=софья таня=татьяна танюша=татьяна танька=татьяна танечка=татьяна "
        "тома=тамара тоня=антонина уля=ульяна юля=юлия юлька=юлия юленька=юлия яна=яна "
        "витька=виктор мариша=марина лёлик=алексей алёна=алёна ленчик=леонид "
        "санька=александр/александра"
    )
)
RUSSIAN_DOUBTFUL = frozenset(
    words(
        "вера надежда любовь роман лев роза лилия рая поля слава галка мила серый тома люба "
        "лена марина виктория майя света марго макс ася владимир тоня"
    )
)
"""Names that are also words, rivers or towns: at the head of a sentence the verb has to tell."""
NOT_PEOPLE = frozenset(words("алиса лада сири маруся астра мегафон господь бог христос сбер"))
"""Lemmas with a reading as a name that talk uses for products, powers and companies."""
