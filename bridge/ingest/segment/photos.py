"""Captions and photo credits: how they begin, how they end, who made the picture."""

import re
from dataclasses import dataclass
from functools import lru_cache

from bridge.ingest.segment.language.agencies import agency
from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.people import LATIN_NAME, MARKS, Persons, han, title_case
from bridge.model import Credit, CreditRole


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionFound:
    """A caption cut from its credit; `text` is empty when all of it is credit."""

    text: str
    credits: tuple[Credit, ...]
    head: str | None = None  # display words before an English caption
    sure: float  # 0 to 1: how far it can only be a caption


_MADE = (
    "(?:摄影报道|摄影|攝影|摄|攝|供图|供圖|图片提供|提供|制图|製圖|绘"
    "图|繪圖|绘|繪|翻拍|截图|截圖|航拍|图|圖)"
)
_ORG = (
    "(?:[\\u3400-\\u9fffA-Za-z·]{0,16}?(?:特约|特約|全媒体|首席|见习|"
    "实习|摄影|攝影)?(?:记者|記者|通讯员|通訊員))"
)
_CREDIT = re.compile(
    f"(?P<lead>^|[。!?”」』…)] ?|[  ]|(?<=[。!?”」』…)])){{0,1}}(?P<wh"
    f"o>(?:{_ORG}[/ :]?)?[\\u3400-\\u9fff·]{{1,5}}(?: [\\u3400-\\u9fff"
    f"·]{{1,4}}){{0,3}}) ?/?(?P<made>{_MADE})$"
)
_TRAILING = re.compile(
    "(?P<made>摄影|攝影|图片?|圖片?|摄|攝|制图|製圖)[/:] ?(?P<who>["
    "\u3400-\u9fff·]{2,4}(?:[ 、][\u3400-\u9fff·]{2,4}){0,2})$"
)
_LABELLED = re.compile("[影攝摄图圖片][/:]")
_SENT = re.compile("[ \u3000]*(?:[\u3400-\u9fff]{2,4}社|本报|本報)(?:记者|記者)?[发發]$")
_ARTWORK = re.compile(
    "(?P<title>[^。!?]{1,24}?) ?[((](?:国画|國畫|油画|油畫|水彩|水墨|书法|書法|版画|版畫|"
    "素描|速写|摄影|攝影|"
    "剪纸|剪紙|篆刻|木刻|漫画|漫畫|插画|插畫|年画|雕塑|工笔|粉画)[))] *"
    "(?P<who>[\u3400-\u9fff]{2,4}|[\u3400-\u9fff] [\u3400-\u9fff]) *(?:作|摄|攝|绘|繪|书|"
    "書|画|畫|刻)?"
)
TAIL = 70
"""Characters at the end of a caption that may hold its credit."""

MADE_END = "影摄攝图圖供道绘繪拍"
"""The last characters of `摄`, `供图`, `摄影报道` and their like."""

_BRACKET = re.compile("[(\\[【](?P<inside>[^()\\[\\]【】]{2,60})[)\\]】]$")
_INSIDE = re.compile(
    "(?:(?:图片?|圖片?|照片|摄影|攝影|图片来源|圖片來源|来源|來源)[/:"
    f" ]+(?:由)?(?P<who>[^/:]{{2,30}}?)(?:{_MADE})?|(?P<source>(?:资料"
    "|資料|监控|監控|视频|視頻|网络|網絡|網上|受访者|受訪者|主办方|主"
    f"辦方|效果|示意|官方|AI)[^/:]{{0,8}}(?:图片?|圖片?|照片?|截图|截"
    f"圖|提供|供图|供圖|生成)|[^/:]{{2,16}}(?:社发|社發))|(?P<made>[^/"
    f":]{{2,20}}?) ?{_MADE})"
)
_START = re.compile(
    "(?:[▲▼◀▶►◄↑↓←→△▽◁▷]|(?:[左右上下小大]?[图圖]|图片|圖片)[①②③④⑤⑥0-"
    "9一二三四五六]{0,2}[::]|[图圖][为為](?!了|什|何)|[上下左右][图圖"
    "][为為:]?)"
)

_LATIN_CREDIT = (
    re.compile(
        (
            "(?:photos?|photographs?|pictures?|images?|illustrations?|graphic"
            "s?|art)(?: courtesy)?(?: by| of|:) ?(?P<who>.{3,80})"
        ),
        re.I,
    ),
    re.compile(
        (
            "(?:courtesy|submitted|file|handout|staff|provided|contributed)(?"
            ": of)?:? ?(?:photos?|pictures?|images?)?(?: by| of|/|:)? ?(?P<or"
            "g>.{0,60})"
        ),
        re.I,
    ),
    re.compile(f"(?P<who>{LATIN_NAME.pattern}) ?[/|] ?(?P<org>[A-Z][\\w.'’& -]{{1,40}})"),
    re.compile(
        (
            "(?P<org>AP|AFP|Reuters|Getty(?: Images)?|PA|EPA)(?: photo| image"
            "s?)?(?: ?[/|:] ?(?P<who>[A-Z].{3,40}))?"
        ),
        re.I,
    ),
    re.compile(
        "(?P<who>[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+){1,3}) ?[/|] ?(?P<org>[A-Z].{1,40})"
    ),
)
_LATIN_START = re.compile(
    (
        "(?:(?:above|below|left|right|top|bottom|pictured|inset|from left"
        ")[,:]|(?:photo|picture):|[▲▼◀▶►◄↑↓])"
    ),
    re.I,
)
_LATIN_TAIL = re.compile(
    (
        '(?:[.!?”"]|^)\\s*[(\\[]?(?P<credit>(?:photos?|photographs?|pict'
        "ures?|images?)(?: by|:) ?(?:\\b[A-Z]\\.|[^.]){3,60}|[A-Z][\\w.'’-]+(?: [A-Z][\\w"
        ".'’-]+){1,3} ?/ ?[A-Z][\\w.'’& -]{1,30}|(?:AP|AFP|Reuters)(?: ph"
        "oto)?/[^.]{3,40})[)\\]]?$"
    ),
    re.I,
)
_DISPLAY = re.compile(
    "(?P<head>[A-Z][A-Z'’,&!-]*(?: [A-Z0-9][A-Z0-9'’,&!-]*){1,8})(?: "
    "{2,}|[:.] |\u3000| — )(?=[A-Z])"
)


def caption(text: str, folded: str, rules: Rules) -> CaptionFound | None:
    """Return what a text says when it looks like a caption or credit, else None."""
    return _latin(text, folded.strip()) if rules.spaced else _han(text, folded.rstrip())


def _han(text: str, folded: str) -> CaptionFound | None:
    start = _START.match(folded)
    opening = start.end() if start and start.group()[-1] not in "为為" else 0
    for reader in (_artwork, _in_brackets, _named_last, _labelled_last):
        found = reader(text, folded, opening)
        if found is not None:
            return found
    if start is None:
        return None
    sure = 0.7 if start.group()[-1] in "为為" else 0.9
    return CaptionFound(text=text[opening:].strip(), credits=(), sure=sure)


def _artwork(text: str, folded: str, opening: int) -> CaptionFound | None:
    """`秋山（国画）　某某　作`: a work of art by itself."""
    match = _ARTWORK.fullmatch(folded) if "(" in folded else None
    if match is None:
        return None
    role: CreditRole = (
        "photographer" if "影" in folded or folded[-1] in "摄攝" else "illustrator"
    )
    credit = Credit(name=match["who"].replace(" ", ""), role=role)
    body = text[: match.start("who")].strip(" \u3000")
    return CaptionFound(text=body, credits=(credit,), head=match["title"].strip(), sure=0.95)


def _in_brackets(text: str, folded: str, opening: int) -> CaptionFound | None:
    """`……（甲摄）`, `（资料图片）`; `（图/甲 文/乙）` credits a story and is left alone."""
    if folded[-1:] not in ")]】":
        return None
    bracket = _BRACKET.search(folded, max(0, len(folded) - TAIL))
    inside = _INSIDE.fullmatch(bracket["inside"].strip()) if bracket else None
    if bracket is None or inside is None:
        return None
    if bracket.start() == 0 and not inside["source"] and "文" in bracket["inside"]:
        return None
    body = text[opening : bracket.start()].strip()
    by_hand = inside["made"] and bracket["inside"][-1] in "摄攝"
    sure = 0.9 if opening or not body or by_hand else 0.75
    if body and bracket["inside"].startswith(("来源", "來源")):
        sure = 0.3  # a text may have a source too
    body = _SENT.sub("", body).strip()
    return CaptionFound(text=body, credits=_made(inside, bracket["inside"]), sure=sure)


def _named_last(text: str, folded: str, opening: int) -> CaptionFound | None:
    """`…… 本报记者 甲 摄`."""
    if folded[-1:] not in MADE_END:
        return None
    credit = _CREDIT.search(folded, max(0, len(folded) - TAIL))
    people = han(credit.group().lstrip("。!?”」』…) ").strip()) if credit else None
    if credit is None or people is None:
        return None
    body = text[opening : credit.start("who")].strip(MARKS + " \u3000")
    if not body and len(folded) >= 24:
        return None
    sure = 0.95 if body else 0.6
    return CaptionFound(text=body, credits=_credits(people, credit["made"]), sure=sure)


def _labelled_last(text: str, folded: str, opening: int) -> CaptionFound | None:
    """`……攝影／甲`."""
    at = max(0, len(folded) - TAIL)
    if not _LABELLED.search(folded, at):
        return None
    match = _TRAILING.search(folded, at)
    people = han(f"{match['made']} {match['who']}") if match else None
    if match is None or people is None:
        return None
    body = text[opening : match.start()].strip(MARKS + " \u3000")
    if not body or "文" in body[-6:]:
        return None
    return CaptionFound(text=body, credits=_credits(people, match["made"]), sure=0.9)


def _credits(people: Persons, made: str) -> tuple[Credit, ...]:
    return tuple(Credit(name=p.name, role=_role(made), org=p.org) for p in people.people)


def _made(inside: re.Match[str], printed: str) -> tuple[Credit, ...]:
    if inside["source"]:
        name = re.sub("(?:提供|供图|供圖)$", "", inside["source"])
        return (Credit(name=name or inside["source"], role="source"),)
    who = re.sub(f"{_MADE}$", "", (inside["who"] or inside["made"] or "").strip()).strip()
    people = han("记者 " + re.sub("^.*?(?:记者|記者)[/ :]*", "", who))
    if people is None or re.search(
        "(?:公司|学校|單位|单位|中心|方|处|局|馆|会|社|院|台|队)$", who
    ):
        return (Credit(name=who, role="source"),) if who else ()
    named = han(who) if re.search("记者|記者", who) else None
    org = named.people[0].org if named and named.people else None
    return tuple(Credit(name=p.name, role=_role(printed), org=org) for p in people.people)


def _role(made: str) -> CreditRole:
    if re.search("绘|繪|制图|製圖|漫画|漫畫", made):
        return "illustrator"
    return "source" if re.search("提供$|截[图圖]$|翻拍$", made) else "photographer"


def _latin(text: str, folded: str) -> CaptionFound | None:
    credits = latin_credit(folded)
    if credits:
        return CaptionFound(text="", credits=credits, sure=0.8)
    start = _LATIN_START.match(folded)
    display = _DISPLAY.match(folded)
    opening = start.end() if start and not start.group()[0].isalpha() else 0
    head = None
    if display and len(folded) > display.end() + 20:
        opening, head = display.end(), display["head"]
    tail = _LATIN_TAIL.search(folded)
    body_end = tail.start("credit") if tail else len(text)
    body = text[opening:body_end].strip(" ([\n")
    if tail and len(folded) < 300:
        return CaptionFound(
            text=body,
            credits=latin_credit(tail["credit"]),
            head=head,
            sure=0.85 if body else 0.8,
        )
    if start or head:
        return CaptionFound(text=body, credits=(), head=head, sure=0.7 if start else 0.5)
    return None


@lru_cache(maxsize=256)
def latin_credit(text: str) -> tuple[Credit, ...]:
    """Return the credits a whole English text is, or none."""
    bare = text.strip("()[] ").rstrip(".")
    if len(bare) > 90:
        return ()
    for at, form in enumerate(_LATIN_CREDIT):
        match = form.fullmatch(bare)
        if match:
            groups = match.groupdict()
            return _named(groups.get("who"), groups.get("org"), bare, at)
    return ()


def _named(who: str | None, org: str | None, printed: str, form: int) -> tuple[Credit, ...]:
    role: CreditRole = "photographer"
    if re.match("(?:illustration|graphic|art)", printed, re.I):
        role = "illustrator"
    if form == 0 and re.match("\\w+ courtesy", printed, re.I):
        return (Credit(name=(who or "").strip(" ,"), role="source"),)
    if who and form == 0:
        name, _, house = (
            re.split("( ?[/|,] ?| for | of )", who, maxsplit=1)[:3]
            if re.search(" ?[/|,] ?| for | of ", who)
            else (who, "", "")
        )
        org = house.strip() or None
        who = name
    if not who:
        name = (org or printed).strip(" /|:") or printed
        return (Credit(name=agency(name) or name, role="source"),)
    who = title_case(who.strip())
    if form == 1 or not LATIN_NAME.fullmatch(who):
        return (Credit(name=who, role="source", org=org),)
    return (Credit(name=who, role=role, org=org.strip() if org else None),)
