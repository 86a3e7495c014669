"""English pages, American and British."""

import re

from bridge.ingest.segment.language.rules import Rules
from bridge.model import Role

MONTH = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    "Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\\.?"
)
DAY = "(?:Mon|Tues?|Wed(?:nes)?|Thur?s?|Fri|Sat(?:ur)?|Sun)(?:day)?"

ROLES: dict[str, Role] = {
    "reporting by": "reporter",
    "reported by": "reporter",
    "story by": "reporter",
    "words by": "reporter",
    "words": "reporter",
    "text by": "reporter",
    "text": "reporter",
    "written by": "reporter",
    "interview by": "reporter",
    "by": "reporter",
    "additional reporting by": "contributor",
    "photographs by": "photographer",
    "photography by": "photographer",
    "photos by": "photographer",
    "photo by": "photographer",
    "photographs": "photographer",
    "pictures by": "photographer",
    "pictures": "photographer",
    "picture": "photographer",
    "photos": "photographer",
    "photo": "photographer",
    "illustration by": "illustrator",
    "illustrations by": "illustrator",
    "graphic by": "illustrator",
    "cartoon by": "illustrator",
    "compiled by": "compiler",
    "edited by": "editor",
    "translated by": "compiler",
}

MAY_END = frozenset("no a.m p.m inc ltd co corp jr sr u.s u.k etc d.c".split())
"""Abbreviations that a sentence may well end with."""

ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof rev gov sen rep gen col capt lt sgt st ave rd blvd jr sr vs etc inc ltd "
    "co corp no vol pp p jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu "
    "thur thurs fri sat sun u.s u.k u.n e.g i.e a.m p.m ph.d d.c n.y "
    "l.a hon supt insp det cllr "
    "approx dept est fig ft mt".split()
)
"""Words whose full stop ends no sentence."""

KEEP_HYPHEN_BEFORE = frozenset(
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty "
    "sixty seventy eighty ninety hundred half quarter first second th"
    "ird self well ill high low "
    "long short full part hard soft large small old new cross all mid non left right far near "
    "so-called remote third fourth fifth sixth seventh eighth ninth tenth fast slow "
    "open close front back free low top pro anti".split()
)
"""A word cut after one of these keeps its hyphen."""

WHOLE = frozenset(
    "sunday monday tuesday wednesday thursday friday saturday today yesterday birthday holiday "
    "weekday weekend midweek everyday meantime sometime lifetime daytime baseline".split()
)
"""Words whose second half would keep its hyphen elsewhere."""

KEEP_HYPHEN_AFTER = frozenset(
    "controlled off year month week day hour minute mile foot acre inch based led ol"
    "d term time year-old up in "
    "law winning backed owned friendly free style type like wide lane story person page point "
    "elect general in-law odd plus strong round scale wing size class quality level running "
    "looking thinking minded eyed haired handed made born bred making paid known kept seat "
    "bedroom storey member man woman metre meter kilometre kilometer pound dollar".split()
)
"""A word cut before one of these keeps its hyphen, unless the whole stands elsewhere."""

_SECTION = (
    "business|sports?|world|nation(?:al)?|local|opinion|arts|culture|"
    "life|living|travel|weather|"
    "comics|crossword|classifieds?|obituaries|puzzles?|tv|television|markets?|science|health"
)
_PAGE = "(?P<label>[A-Z]{0,2}-?[0-9]{1,3})"

_OFFICE = (
    "(?:[\\w' ]{0,24}\\b)?(?:officer|clerk|secretary|chair(?:man|woman|person)?|director|"
    "manager|"
    "registrar|president|treasurer|mayor|superintendent|commissioner|administrator|trustee)"
    "(?: (?:of|to|for) .{2,40})?"
)

ENGLISH = Rules(
    tag="en",
    spaced=True,
    header=(
        (
            "date",
            re.compile(
                f"(?:{DAY},? ?)?(?:the )?(?:{MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?,? [0-9]{{4}}|"
                f"[0-9]{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH},? [0-9]{{4}}|"
                "[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4})",
                re.I,
            ),
        ),
        ("month", re.compile(f"^{MONTH},? [0-9]{{4}}$|^[0-9]{{4}}$", re.I)),
        (
            "day",
            re.compile(
                (
                    f"^{MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?,?$|^[0-9]{{1,2}} {MONTH}$|"
                    "^[0-3]?[0-9]$"
                ),
                re.I,
            ),
        ),
        ("weekday", re.compile(f"\\b{DAY}\\b,?", re.I)),
        (
            "number",
            re.compile(
                "(?:(?:vol(?:ume)?\\.?|year) ?[0-9IVXLC]{1,6}\\.?[,;:·|•. -]*)?"
                "(?:\\b(?:no|number|issue|edition|nr)\\.? ?#?|#)(?P<n>[0-9]{1,3}"
                "(?:[,. ][0-9]{3})+(?![0-9])|[0-9]+)",
                re.I,
            ),
        ),
        ("number", re.compile("\\b(?:vol(?:ume)?\\.?|year) ?[0-9IVXLC]{1,6}\\.?", re.I)),
        ("pages", re.compile("(?P<n>[0-9]{1,3}) pages?\\b|\\bpages?: (?P<m>[0-9]{1,3})", re.I)),
        (
            "weather",
            re.compile(
                (
                    "(?:(?:today'?s )?(?:weather|forecast)|today)[:.|-] ?.+|.*\\b(?:h"
                    "igh|low)s? (?:of |in the )?-?[0-9]{1,3}.*"
                ),
                re.I,
            ),
        ),
        ("serial", re.compile("ISSN ?[0-9]{4}-[0-9X]{4}|USPS ?[0-9-]{5,}", re.I)),
        (
            "publisher",
            re.compile(
                "(?:.*\\b(?:founded|established|est\\.|since|serving|published|in"
                "dependent)\\b.*"
                "|(?:a|an) .{3,40} newspaper.*)",
                re.I,
            ),
        ),
        (
            "price",
            re.compile(
                "(?:[$£€] ?[0-9.]+|[0-9]{1,3} ?(?:p|c|cents|pence)\\b|(?:price:? "
                ")?(?:one|two|three|"
                "four|five) (?:dollars?|pounds?|euros?)|free)(?: (?:newsstand|dai"
                "ly|weekdays?))?",
                re.I,
            ),
        ),
        (
            "notice",
            re.compile(
                "https?://\\S+|(?:www\\.)?[a-z0-9-]+\\.(?:com|org|net|co\\.uk|new"
                "s|example)\\b\\S*|"
                "(?:late|early|final|city|morning|evening|weekend|first) edition",
                re.I,
            ),
        ),
    ),
    title=re.compile(
        "(?:The )?(?:(?:[A-Z][\\w'’&.-]*,?|&|and|of|the) ){0,5}(?:Times|Post|Herald|Gazett"
        "e|Ledger|Tribune|Chronicle|"
        "News|Daily|Journal|Courier|Observer|Guardian|Mail|Star|Sun|Globe|Examiner|Register|"
        "Record|Review|Press|Standard|Telegraph|Express|Echo|Mirror|Sentinel|Dispatch|Bulletin|"
        "Enquirer|Inquirer|Advertiser|Argus|Mercury|Bee|Banner|Reporter|C"
        "all|Independent|Leader|"
        "Republic|World|Weekly|Citizen|Monitor|Eagle|Democrat|Transcript|"
        "Messenger|Intelligencer|"
        "Advocate|Beacon|Clarion|Packet|Union|Pilot|Journal-[A-Z]\\w+|[A-Z]\\w+-[A-Z]\\w+)",
        re.I,
    ),
    furniture=re.compile(
        "(?:(?:edited|designed|page design|layout|copy edited|page edited) by:? .{3,60}"
        "|(?:news ?(?:room|desk)|advertising|circulation|subscriptions?|to subscribe|"
        "delivery|customer service|contact us|tip line|letters to the edi"
        "tor may)\\b[^.]{0,4}[:;].{0,120}"
        "|to (?:subscribe|place an ad|advertise|report a)\\b.{0,100}"
        "|(?:copyright|©|\\(c\\)) ?.{0,80}"
        "|(?:printed|please recycle|recycled|registered as a newspaper)\\b.{0,80}"
        "|(?:readers (?:may|can)|write to us|send (?:letters|news|tips)|e-?mail us|"
        "contact us)\\b.{0,160}"
        "|advertisement|paid advertisement|C ?M ?Y ?K\\b.{0,20}"
        "|(?:see also|also see|also inside|more(?: coverage| online| inside)?|plus)[:;] "
        ".{2,80}[A-Z]{0,2}[0-9]{1,3}\\.?"
        "|coming (?:up |this |next )?(?:\\w+day|tomorrow|soon|week)\\b ?[:.—–-].{0,200}"
        "|(?:copy|letters?|advertising|entry) deadlines?\\b.{0,120}|deadline for \\w+:.{0,120}"
        "|(?:managing |news |sports |night )?editor(?:-in-chief)?: .{3,80}"
        "|(?:(?:e-?mail|web(?:site)?|phone|tel|fax|office|newsroom)[:.] ?\\S+[ |·•]*){2,}"
        "|(?-i:NEWS|SPORT|SPORTS|LOCAL|BUSINESS|WORLD|NATION|ARTS|LIVING|METRO|COMMUNITY)"
        "|follow us (?:on|at) .{0,80}"
        "|(?:full|related) (?:story|coverage|report)s?(?:,|:) ?(?:page )?"
        "[A-Z]{0,2}[0-9]{1,3}\\.?"
        "|https?://\\S+|[-—=_*·.~]{3,})",
        re.I,
    ),
    teaser=re.compile(
        "(?:index|inside(?: today| this week)?|contents|what'?s inside|in"
        " this (?:issue|edition)|"
        "today inside|in today'?s? \\w+|also inside|coming (?:up|tomorrow)|tomorrow|in sports|"
        "on the inside)[:.]?",
        re.I,
    ),
    teaser_line=re.compile(
        ".{3,120}?[ .…·—/>|,-]+(?:see |on |in |»|>)?(?:page |pages |p\\.?"
        " ?|pp\\.? ?)[A-Z]{0,2}[0-9]{1,3}[.)]?"
        "|.{3,100}?(?:[.…·—>|,]+ ?| {2,})[A-Z]{1,2}[0-9]{1,3}",
        re.I,
    ),
    columns=(
        (
            re.compile(
                "(?:(?:news |local |world |nation(?:al)? |state |sports? |busines"
                "s |community |police |city |"
                "regional |area |area news |metro |island |county |town )?(?:brie"
                "fs?|briefly|digest|roundup|round-up|"
                "notebook|bulletins?|news in brief|shorts?|blotter|log)|in brief|"
                "news in brief|in short|nibs|"
                "in other news|(?:around|across) (?:the |our )?[\\w' ]{2,24}|week in review)",
                re.I,
            ),
            "brief",
            True,
        ),
        (
            re.compile(
                (
                    "(?:corrections?(?: (?:and|&) clarifications?)?|clarifications?|f"
                    "or the record|setting it straight|apology)"
                ),
                re.I,
            ),
            "correction",
            False,
        ),
        (
            re.compile(
                "(?:(?:our|the|my|your|another|guest) (?:view|opinion|turn|take|s"
                "ay)s?|editorials?|(?:today'?s )?opinions?|"
                "comment(?:ary)?|leader|leading article|viewpoint|point of view|g"
                "uest (?:column|essay)|column|op-ed|"
                "perspective|analysis|in my view|the \\w+ (?:view|column|page|notebook))",
                re.I,
            ),
            "opinion",
            False,
        ),
        (
            re.compile(
                (
                    "(?:q ?(?:&|and) ?a|questions? (?:and|&) answers?|(?:the )?interv"
                    "iew|in conversation|five questions|\\w+ questions with .{3,40})"
                ),
                re.I,
            ),
            "qa",
            False,
        ),
        (
            re.compile(
                (
                    "(?:letters?(?: to the editor)?|your letters?|readers'? letters|f"
                    "rom our readers|mailbag)"
                ),
                re.I,
            ),
            "opinion",
            True,
        ),
        (
            re.compile("(?:obituar(?:y|ies)|deaths?|death notices|in memoriam)", re.I),
            "notice",
            True,
        ),
        (
            re.compile("(?:public|legal|death) notices?|notices?|announcements?", re.I),
            "notice",
            True,
        ),
        (
            re.compile(
                (
                    "(?:scoreboard|results|fixtures|standings|box scores?|lottery|tid"
                    "es|honou?r roll)"
                ),
                re.I,
            ),
            "list",
            False,
        ),
    ),
    notice=re.compile(
        (
            "(?:(?:public|legal|planning|death) notice\\b.*|notice (?:of|to)"
            "\\b.*|in memoriam\\b.*)"
        ),
        re.I,
    ),
    advert=re.compile(
        (
            "(?:for (?:sale|rent|hire)|wanted|to let|help wanted|situations v"
            "acant|garage sale|yard sale|lost|found|apartment for rent)[:.,—-"
            "]"
        ),
        re.I,
    ),
    jump_to=re.compile(
        "[(\\[»>▶→•●■◆►▸* ]*(?:(?-i:[A-Z][A-Z'’&-]{2,20}(?: [A-Z][A-Z'’&-]{1,20}){0,2},)|"
        "(?:please )?see|turn to|continued|cont(?:'|’)?d\\"
        ".?|more|story continues|jump to|please turn)(?: [\\w'’ .-]{1,30}"
        "?)??,? ?"
        f"(?:on |at |to |in )?(?:back )?(?:[»>▶→] ?)?(?:page |p\\.? ?|pg\\.? ?)?{_PAGE}"
        "[)\\]»>▶→. ]*",
        re.I,
    ),
    jump_from=re.compile(
        "[(\\[«<◀← ]*(?:[\\w'’ .-]{1,30}?[,:] ?)?(?:(?:continued|cont(?:'"
        "|’)?d\\.?|jumped)(?: from)?|from) ?(?:the )?(?:front )?(?:page |"
        "p\\.? ?|pg\\.? ?)?"
        f"{_PAGE}[)\\]«<◀←. ]*",
        re.I,
    ),
    tail=re.compile(
        "(?:name|names|address|name and address)(?: and address)?,? (?:supplied|withheld|"
        "provided)\\b.{0,40}"
        "|[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+"
        "|\\(?(?:interviewed|as told|compiled|translated|reported|with (?:inputs|reports?|"
        "files)) "
        "(?:by|to|from) .{3,60}\\)?"
        "|(?:source|data)s?: .{3,80}|(?:rsvp|ends?|-30-|###)",
        re.I,
    ),
    signature=re.compile(f"(?-i:[A-Z][\\w.'’-]+(?: [A-Z][\\w.'’-]+){{1,3}}), {_OFFICE}", re.I),
    roles=ROLES,
    open_end=re.compile(
        "\\b(?:a|an|the|of|to|in|on|at|by|for|from|with|and|or|but|nor|as"
        "|than|that|which|who|whose|"
        "if|when|while|because|into|onto|over|under|between|among|about|after|before|during|"
        "is|are|was|were|be|been|being|has|have|had|will|would|can|could|should|may|might|must|"
        "his|her|its|their|our|my|your|this|these|those|not|more|less|very|so|such)$",
        re.I,
    ),
    bound_start=re.compile("[,;:.!?)”’%…]|'s\\b"),
    sentence_start=re.compile(
        '[“"‘]|(?:The|A|An|In|On|At|But|And|It|He|She|They|We|This|That|'
        "For|As|With|After|When|If)\\b"
    ),
    words=frozenset(),
    question=re.compile("(?:Q|Question)[.:] ?"),
    answer=re.compile("(?:A|Answer)[.:] "),
    speaker=re.compile("(?P<who>[A-Z][\\w.'’-]+(?: [A-Z][\\w.'’-]+){0,3}): "),
    caption=re.compile(
        (
            "(?:(?:above|below|left|right|top|bottom|pictured|picture|photo|i"
            "nset)[:,]|[▲▼◀▶►◄↑↓])"
        ),
        re.I,
    ),
)
