"""The words before a story's first sentence: who reports, from where, of which day.

`新华社北京3月5日电 （记者甲）`, `【本報訊】`, `本报讯（记者 乙）`, `OSLO, Oct. 6 (AP) —`.
The grammar is one regular expression per family; wire services come from a table, and a name
that ends like one and stands where one stands counts as one.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from bridge.ingest.segment.characters import fold
from bridge.ingest.segment.language.agencies import agency
from bridge.ingest.segment.language.places import PLACES
from bridge.ingest.segment.language.rules import Rules
from bridge.ingest.segment.people import Persons, han, known_agencies


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadIn:
    """A lead-in; `end` is where the sentence begins in the text it was found in."""

    end: int
    raw: str
    place: str | None = None
    date: str | None = None  # as printed
    agency: str | None = None
    org: str | None = None  # the house it names, as printed
    persons: Persons | None = None


WINDOW = 140
"""Characters a lead-in may take, its bracket with names included."""

_H = "[\\u3400-\\u9fff]"
_DAY = (
    "(?:[0-9]{4}年)?(?:[0-9〇○一二三四五六七八九十]{1,3}月)?[0-9〇○一"
    "二三四五六七八九十廿]{1,3}日"
)
_KNOWN = "|".join(re.escape(name) for name in known_agencies() if not name.isascii())
_WIRE = f"(?P<wire>{_KNOWN}|{_H}{{1,6}}(?:通讯社|通訊社|电讯社|電訊社)|{_H}{{1,4}}社)"
_HOUSE = (
    "(?P<house>(?!本?[报報社]?(?:全媒体|特派)?[记記]者)(?:本[报報刊台"
    "社网網]|(?:[\\u3400-\\u9fffA-Za-z0-9]{1,14}(?:[报報刊台网網社端]"
    "|日报|融媒体?|客户端|新闻|传媒))"
    "(?:[·•/ -][\\u3400-\\u9fffA-Za-z0-9·]{1,16})?))"
)
_KIND = "(?:综合|綜合|专|專|快|特|急|独家|獨家|外地|本地|港|台|两岸|兩岸)?"
_END = "(?:电讯|電訊|专电|專電|电|電|讯|訊|消息|报道|報導|報道|专稿|特稿|专访|專訪)"
_END += "(?![了的过過《〈])"
_BRACKET = "(?: ?[(\\[](?P<names>[^()\\[\\]。]{2,80})[)\\]])"
_OPEN = re.compile(
    f"(?:据|據|综合|綜合)?(?:{_WIRE}|{_HOUSE})(?P<place>(?!.?[记記通]["
    f"者讯訊]){_H}{{0,10}}?)(?P<date>{_DAY})?{_KIND}{_END}(?P<sep>"
    f"{_BRACKET}| |:|(?=[^\\u3400-\\u9fff])|(?={_DAY}))[ :,]*"
)
_LOOSE = re.compile(
    f"(?P<house>[^,。!?:;()“”]{{2,26}}?)(?P<date>{_DAY})?{_END}{_BRACKET}[ :,]*"
)
_ENCLOSED = re.compile(
    "(?P<open>[【〔\\[((〖])(?P<inside>[^】〕\\])〗。!?]{2,60})[】〕\\])〗] ?[:,]? ?"
)
_INSIDE = re.compile(
    f"(?:据)?(?:{_WIRE}|{_HOUSE})?(?P<who>(?:本[报報]|特[约約]|[驻駐]"
    f"{_H}{{1,4}})?(?:全媒体)?(?:记者|記者|特派員|特派员|通讯员|通訊員"
    f")[^/]{{1,30}}?)?"
    f"(?:[/ ](?P<slash>{_H}{{2,12}}?))?(?P<rest>{_H}*?)(?P<date>{_DAY}"
    f")?(?P<kind>{_KIND}{_END})?"
    "(?: ?(?P<after>(?:首席|特派|全媒体)?(?:记者|記者)[^。]{2,40}))?"
)
_SLASH = re.compile(
    f"(?P<who>(?:本[报報])?(?:记者|記者|特派員|特派员)[^/。,]{{2,30}})"
    f"/(?P<slash>{_H}{{1,8}}?)(?P<kind>{_KIND}{_END}) ?"
)
_REPORTS = re.compile(
    "(?P<who>(?:本[报報刊台])?(?:首席|特派|全媒体)?(?:记者|記者|通讯"
    f"员|通訊員)[^。,!?:]{{2,30}}?)(?P<kind>{_KIND}(?:报道|報導|報道))"
    "[: ,]+"
)
_STUCK = re.compile(
    "(?P<house>本[报報刊台社])(?:讯|訊|消息|(?:综合|綜合)(?:消息|报道|報導|報道|讯|訊|"
    "外电|外電))"
    "(?!息)[ :,]*|(?:综合|綜合)(?:报道|報導|報道|消息|外电|"
    "外電)(?![的了是指将将和与與称稱])[ :,]*"
)
_MAY = re.compile("讯|訊|电|電|消息|报道|報導|報道|专稿|特稿|专访")
"""What every Chinese lead-in has somewhere."""

_NO_PLACE = re.compile(
    "(?:综合|綜合|联合|聯合|专题|專題|现场|現場|即时|即時|独家|獨家|"
    "连线|最新|深度|本报|本報|整合)+"
)
_NOT_WIRE = re.compile("本社|报社|報社|杂志社|出版社|旅行社|合作社|公社|会社|會社|社$(?<=^.)")

_CAPS = "[A-Z][A-Z.'’-]*(?:[ -](?:[A-Z][A-Z.'’-]*|de|of|al|el|la)){0,4}"
_REGION = "(?:, (?:[A-Z][A-Za-z.'’]*\\.?(?: [A-Z][A-Za-z.'’]*){0,2}))?"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\\.?"
_DATE = (
    f"(?:,? (?P<date>{_MONTH} [0-9]{{1,2}}|[0-9]{{1,2}} {_MONTH}|(?:Mo"
    "n|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\\b)?"
)
_DASH = "(?: ?(?:—|–|--|―)+ ?| - )"
_LATIN = re.compile(
    f"(?P<place>{_CAPS}{_REGION}(?:/{_CAPS})?){_DATE},?(?: ?[(\\[](?P<"
    f"wire>[A-Za-z][A-Za-z .&/-]{{1,40}})[)\\]])?(?: ?(?:—|–|--|―)+ ?|"
    " - |: )"
)
_MIXED = re.compile(
    f"(?P<place>[A-Z][A-Za-z.'’-]+(?: [A-Z][A-Za-z.'’-]+){{0,3}}"
    f"{_REGION}){_DATE},? ?[(\\[](?P<wire>[A-Z][A-Za-z .&/-]{{1,40}})["
    f")\\]]{_DASH}"
)
_BARE_WIRE = re.compile(f"[(\\[](?P<wire>[A-Z][A-Za-z .&/-]{{1,40}})[)\\]]{_DASH}")
_NO_TOWN = frozenset(
    (
        "Q A SIR MADAM EDITOR DEAR INSIDE INDEX CONTENTS QUESTION ANSWER VOTE NEWS "
        "SPORT SPORTS TODAY TONIGHT TOMORRO"
        "W TIME COST DETAILS INFO TICKETS NOTE WARNING UPDATE CORRECTION "
        "WEATHER PHOTO ABOVE BELOW LEFT RIGHT WHO WHAT WHEN WHERE WHY HOW"
    ).split()
)


def lead_in(text: str, rules: Rules) -> LeadIn | None:
    """Return the lead-in a text begins with, or None."""
    head = fold(text[:WINDOW])
    if not rules.spaced and not _MAY.search(head):
        return None
    found = _latin(head) if rules.spaced else _han(head)
    if found is None or found.end >= len(text.rstrip()):
        return None  # a line that holds nothing else is a byline or a credit
    return found


def enclosed(text: str, rules: Rules) -> LeadIn | None:
    """Return the lead-in a whole text in brackets makes, as at the end of a story."""
    head = fold(text)
    return None if rules.spaced else _bracketed(head)


@lru_cache(maxsize=512)
def _han(head: str) -> LeadIn | None:
    for reader in (_bracketed, _slashed, _open, _loose, _reports, _glued):
        found = reader(head)
        if found is not None:
            return found
    return None


def _glued(head: str) -> LeadIn | None:
    """`本报综合消息` and `综合报道` stand without a space before the sentence."""
    match = _STUCK.match(head)
    if match is None:
        return None
    return LeadIn(end=match.end(), raw=match.group().strip(" :,"), org=match["house"])


def _open(head: str) -> LeadIn | None:
    match = _OPEN.match(head)
    if match is None:
        return None
    signed = _REPORTS.match(head[match.end() :]) if not match["names"] else None
    if signed is not None and (people := han(signed["who"])) is not None:
        end = match.end() + signed.end()
        return LeadIn(
            end=end,
            raw=head[:end].strip(),
            place=_place(match["place"]),
            date=match["date"],
            org=match["house"],
            persons=people,
        )
    names = han(match["names"]) if match["names"] else None
    if match["names"] and names is None:
        return None
    wire = match["wire"] if match["wire"] and not _NOT_WIRE.search(match["wire"]) else None
    if match["sep"] == "" and not (wire or match["date"] or match["house"][:1] == "本"):
        return None
    return LeadIn(
        end=match.end(),
        raw=head[: match.end()].strip(),
        place=_place(match["place"]),
        date=match["date"],
        agency=_agency(wire),
        org=match["house"] or wire,
        persons=names,
    )


def _loose(head: str) -> LeadIn | None:
    """Any short name before `讯（记者 …）` is a lead-in, whatever the house is called."""
    match = _LOOSE.match(head)
    names = han(match["names"]) if match else None
    if match is None or names is None:
        return None
    return LeadIn(
        end=match.end(),
        raw=head[: match.end()].strip(),
        date=match["date"],
        org=match["house"],
        persons=names,
    )


def _bracketed(head: str) -> LeadIn | None:
    match = _ENCLOSED.match(head)
    inner = _INSIDE.fullmatch(match["inside"].strip()) if match else None
    if match is None or inner is None or not (inner["kind"] or inner["who"]):
        return None
    if not inner["kind"] and not inner["slash"]:
        return None
    names = re.match(_BRACKET, head[match.end() :])
    after = han(names["names"]) if names and not inner["who"] else None
    if inner["after"]:
        after = han(inner["after"])
    cut = match.end() + (names.end() if names and after and not inner["after"] else 0)
    who, rest = _split_names(inner["who"] or "", inner["rest"] or "")
    wire = inner["wire"] if inner["wire"] and not _NOT_WIRE.search(inner["wire"]) else None
    place = (inner["slash"] or "") if inner["slash"] else rest
    return LeadIn(
        end=cut,
        raw=head[:cut].strip(),
        place=_place(place),
        date=inner["date"],
        agency=_agency(wire),
        org=inner["house"] or wire,
        persons=han(who) if who else after,
    )


def _split_names(who: str, rest: str) -> tuple[str, str]:
    """`记者王小明台北` glues name and place; Chinese names rarely pass three characters."""
    glued = re.fullmatch("(.*(?:记者|記者|特派員|特派员))([\\u3400-\\u9fff]+)", who.strip())
    if glued is None:
        return who, rest
    names, place = glued[2] + rest, ""
    if len(names) > 3:
        known = next((n for n in (2, 3) if names[n:] in PLACES), 3)
        names, place = names[:known], names[known:]
    return f"{glued[1]} {names}", place


def _slashed(head: str) -> LeadIn | None:
    match = _SLASH.match(head)
    names = han(match["who"]) if match else None
    if match is None or names is None:
        return None
    return LeadIn(
        end=match.end(),
        raw=head[: match.end()].strip(),
        place=_place(match["slash"]),
        persons=names,
    )


def _reports(head: str) -> LeadIn | None:
    """`本报记者甲报道：` names the writer in the sentence's stead."""
    match = _REPORTS.match(head)
    names = han(match["who"]) if match else None
    if match is None or names is None:
        return None
    return LeadIn(end=match.end(), raw=match.group().strip(), place=names.place, persons=names)


def _agency(wire: str | None) -> str | None:
    return (agency(wire) or wire) if wire else None


def _place(text: str | None) -> str | None:
    bare = (text or "").strip()
    bare = re.sub("(?:综合|綜合|专|專|今|昨)$", "", bare)
    return None if not bare or _NO_PLACE.fullmatch(bare) else bare


def _latin(head: str) -> LeadIn | None:
    for form in (_LATIN, _MIXED, _BARE_WIRE):
        match = form.match(head)
        if match is not None and _is_town(match, form):
            return _from_latin(head, match)
    return None


def _is_town(match: re.Match[str], form: re.Pattern[str]) -> bool:
    wire = match["wire"]
    bare = match.group().rstrip().endswith(":") and " " not in match["place"]
    if bare and not (wire or match["date"]):
        return False  # `CHEERS: …` begins a caption
    if form is not _LATIN:
        return bool(agency(wire)) or form is _MIXED
    return match["place"] not in _NO_TOWN and len(match["place"]) > 2


def _from_latin(head: str, match: re.Match[str]) -> LeadIn:
    groups = match.groupdict()
    wire = groups.get("wire")
    place = groups.get("place")
    return LeadIn(
        end=match.end(),
        raw=match.group().strip(),
        place=_town(place) if place else None,
        date=groups.get("date"),
        agency=(agency(wire) or wire) if wire else None,
        org=wire,
    )


def _town(place: str) -> str:
    """`CEDAR RUN` is Cedar Run; `WASHINGTON, D.C.` keeps its region."""
    town, comma, region = place.partition(",")
    town = re.sub("[A-Z][A-Z'’]+", lambda m: m[0].capitalize(), town)
    return town + comma + region
