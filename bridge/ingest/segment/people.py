"""Who made it: the grammar of bylines and credits, one function per language family.

`persons(text, rules)` reads a whole text as a byline and says None when it is none.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from bridge.ingest.segment.language.agencies import AGENCIES, agency
from bridge.ingest.segment.language.chinese import ROLES as HAN_ROLES
from bridge.ingest.segment.language.english import ROLES as LATIN_ROLES
from bridge.ingest.segment.language.rules import Rules
from bridge.model import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One name of a byline; `label` is the role as printed, `org` the house before it."""

    name: str
    role: Role
    label: str
    org: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Persons:
    """What a byline says: people, and a place or wire service named with them."""

    people: tuple[Person, ...]
    place: str | None = None
    agency: str | None = None


MAX_BYLINE = 90
"""Characters; the longest bylines name some ten people."""

MARKS = "■◎●○□◆◇▲△▌★☆※▪•▶►│┃|☉⊙"
"""Signs that stand before a writer's name."""

HAN_NAME = re.compile(
    "[\\u3400-\\u9fff]{2,4}|[\\u3400-\\u9fff]{1,6}(?:[·•.][\\u3400-\\"
    "u9fff]{1,8}){1,3}|[A-Za-z][A-Za-z.'-]{1,20}"
)
_SHORT = frozenset(label for label in HAN_ROLES if len(label) == 1)
_LONG = "|".join(sorted((r for r in HAN_ROLES if len(r) > 1), key=len, reverse=True))
_ROLE_INSIDE = re.compile(
    f"(?P<org>[\\u3400-\\u9fffA-Za-z0-9·•“”]{{0,24}}?)(?P<role>{_LONG}"
    f")(?P<rest>[\\u3400-\\u9fff·•]{{0,10}})"
)
_SPLIT = re.compile("[\\s、,/:|;()&+]+")
_NO_BYLINE = re.compile("[。!?“”「」《》【】…%0-9]")
_REPORT = re.compile(
    "(?P<place>[\\u3400-\\u9fff]{0,8}?)(?:综合|綜合|联合|聯合|现场|摄"
    "影|攝影|专题|專題)?(?:报道|報導|報道|专电|專電|专稿|特稿)"
)
_TEXT_AND_PICTURE = re.compile(
    "(?<![\\u3400-\\u9fff])(?:文[/ ]?[图圖摄攝](?:影)?|[图圖][/ ]?文)(?![\\u3400-\\u9fff])"
)
_AFTER_NAMES = re.compile(
    "(?<=[\\u3400-\\u9fff])[ /]*文"
    "[ /、;]+([\\u3400-\\u9fff](?: ?[\\u3400-\\u9fff]){1,3}?)[ /]*(图|圖|摄|攝)$"
)
_GLUED = re.compile(
    "((?:记者|記者|通讯员|通訊員|实习生|實習生)[\\u3400-\\u9fff]{2,4}?)"
    "(?=(?:记者|記者|通讯员|通訊員|实习生|實習生|见习记者|實習記者|"
    "实习记者)[\\u3400-\\u9fff]{2})"
)
_TAIL = frozenset(
    (
        "摄 攝 图 圖 摄影 攝影 绘 繪 整理 编译 編譯 供图 供圖 提供 供稿 "
        "漫画 漫畫 制图 製圖 插图 插圖 摄影报道"
    ).split()
)
_REPORTS = frozenset("报道 報導 報道 采访 採訪 采写 採寫 综合报道 綜合報導".split())
_MAIL = re.compile("\\S+@\\S+\\.\\S+")
_HOUSE = re.compile("本[报報刊社台版网網]")
_NO_PERSON = re.compile(
    "(?:本[报報刊社台]|[\\u3400-\\u9fff·]{2,12}[报報社网網])?(?:综合|"
    "綜合|特约|特約)?(?:报道|報導|報道|消息|整理|评论员|評論員|编辑部"
    "|編輯部|记者组|记者|記者)"
)
_MAY = re.compile("|".join(sorted({*HAN_ROLES, *_TAIL, *_REPORTS, "消息", "编辑部", "編輯部"})))
"""What a Chinese byline has somewhere, unless it begins with a mark."""


def persons(text: str, rules: Rules) -> Persons | None:
    """Return what a text says when all of it is a byline, else None; `text` is folded."""
    bare = text.strip()
    if not 1 < len(bare) <= MAX_BYLINE:
        return None
    if rules.spaced:
        return latin(bare)
    return han(bare) if bare[0] in MARKS or _MAY.search(bare) else None


class _HanReader:
    """Reads the tokens of a Chinese byline from left to right."""

    def __init__(self, marked: bool) -> None:
        self.groups: list[tuple[str, str | None, list[str]]] = []
        self.place: str | None = None
        self.labelled = marked
        if marked:
            self.groups.append(("", None, []))

    def read(self, token: str, last: bool) -> bool:
        """Take one token; False when it fits no byline."""
        if token in _TAIL and last and self.groups and self.groups[-1][2]:
            self._relabel(token)
        elif token in HAN_ROLES:
            self._open(token, None)
        elif (match := _ROLE_INSIDE.fullmatch(token)) and match["role"]:
            return self._inside(match)
        elif token[-1] in "摄攝" and HAN_NAME.fullmatch(token[:-1]):
            self._open(token[-1], None)
            self.groups[-1][2].append(token[:-1])
        elif (match := _REPORT.fullmatch(token)) and self.groups:
            self.place = match["place"] or self.place
        elif self.groups and HAN_NAME.fullmatch(token):
            self.groups[-1][2].append(token)
        else:
            return False
        return True

    def _open(self, label: str, org: str | None) -> None:
        self.labelled = True
        if self.groups and not self.groups[-1][2]:
            previous = self.groups.pop()  # `文/图 某某`: the first label counts
            label = previous[0] or label
            org = previous[1] or org
        self.groups.append((label, org or None, []))

    def _inside(self, match: re.Match[str]) -> bool:
        rest = match["rest"]
        self._open(match["role"], match["org"])
        if not rest:
            return True
        if not HAN_NAME.fullmatch(rest):
            return False
        self.groups[-1][2].append(rest)
        return True

    def _relabel(self, token: str) -> None:
        label, org, names = self.groups[-1]
        if label in ("文", "撰文", "") and token in ("图", "圖"):
            self.groups[-1] = (label or "文", org, names)
        else:
            self.groups[-1] = (token, org, names)
        self.labelled = True


@lru_cache(maxsize=512)
def han(text: str) -> Persons | None:
    """Read a Chinese byline, e.g. `本报记者/甲 通讯员/乙 丙` or `■ 丁`."""
    marked = text[0] in MARKS
    bare = _MAIL.sub("", text).strip(MARKS + " ")
    if bare[:1] + bare[-1:] in ("()", "[]", "【】", "〔〕"):
        bare = bare[1:-1]
    if _NO_BYLINE.search(bare):
        return None
    if _NO_PERSON.fullmatch(bare):
        return Persons(people=())
    bare = _AFTER_NAMES.sub(" \\2 \\1", bare)
    bare = _TEXT_AND_PICTURE.sub("文", _GLUED.sub("\\1 ", bare))
    tokens = _pair([token for token in _SPLIT.split(bare) if token])
    reader = _HanReader(marked)
    if tokens and tokens[-1] == "文" and len(tokens) > 1:
        tokens = tokens[:-1] if any(map(_has_role, tokens[:-1])) else ["文", *tokens[:-1]]
    elif len(tokens) > 1 and tokens[-1] in _REPORTS and not any(map(_has_role, tokens[:-1])):
        tokens = ["记者", *tokens[:-1]]
    elif len(tokens) > 1 and tokens[-1] in _TAIL and not any(map(_has_role, tokens[:-1])):
        tokens = [tokens[-1], *tokens[:-1]]
    final = [at == len(tokens) - 1 or _has_role(t) for at, t in enumerate([*tokens[1:], ""])]
    if not all(map(reader.read, tokens, final)) or not reader.labelled:
        return None
    people = tuple(_people(reader))
    return Persons(people=people, place=reader.place) if people else None


def _has_role(token: str) -> bool:
    return token in HAN_ROLES or bool(_ROLE_INSIDE.fullmatch(token))


def _pair(tokens: list[str]) -> list[str]:
    """`王 伟` printed with a space inside is one name."""
    paired: list[str] = []
    lone = False
    for token in tokens:
        single = len(token) == 1 and token not in _SHORT
        if single and lone:
            paired[-1] += token
            lone = False
        else:
            paired.append(token)
            lone = single
    return paired


def _people(reader: _HanReader) -> list[Person]:
    found = []
    for label, org, names in reader.groups:
        role = HAN_ROLES.get(label, "author") if label else "author"
        if label in ("供图", "供圖"):
            role = "photographer"
        found += [Person(name=name, role=role, label=label, org=org) for name in names]
    return found


_PARTICLE = "(?:de|da|di|del|della|van|von|der|den|bin|bint|al|el|la|le|ter|y|ap|St\\.)"
_WORD = "(?:[A-Z][\\w'’.-]*|[A-Z]\\.(?:[A-Z]\\.)*|Mc[A-Z]\\w+)"
LATIN_NAME = re.compile(
    f"{_WORD}(?: (?:{_WORD}|{_PARTICLE})){{0,3}} {_WORD}(?:,? (?:Jr|Sr|II|III)\\.?)?"
)
TOWN = re.compile("[A-Z][A-Za-z.'’-]+(?: [A-Z][A-Za-z.'’-]+){0,3}")
TITLE = re.compile(
    "(?:.{0,40}\\b)?(?:staff|writer|reporter|correspondent|editor|col"
    "umnist|critic|photographer|intern|"
    "bureau|desk|journalist|news service|contributor|contributing|freelance|"
    "special to .+|for the .+|of the .+ staff)(?:\\b.{0,24})?",
    re.I,
)
STAFF = re.compile(
    "(?:from |by )?(?:our |a )?(?:special|staff|city|principal|senior|own|chief|sports?|legal|"
    "political|business|district|local|crime|health|education) (?:correspondent|reporter)s?"
    "|(?:from )?(?:the )?(?:[\\w'-]+ ){0,3}(?:news desk|bureau)"
    "|(?:from |by )?(?:(?:the |our )?[\\w' -]{0,24})?(?:(?:staff|wire|"
    "news|agency|service)(?: (?:and|&) (?:staff|wire|news))?"
    "(?: services?)? reports?|staff report(?:er)?s?|staff|our (?:own "
    ")?(?:staff|correspondent|special correspondent|reporter|foreign "
    "staff))"
    "|(?:from )?(?:news|wire) services",
    re.I,
)
_LEAD = re.compile(
    (
        "(?P<label>(?:(?:story|words|text|reporting|photos?|pictures)(?: "
        "and | & )(?:photos?|photographs|pictures|graphics) by|"
    )
    + "|".join(sorted(map(re.escape, LATIN_ROLES), key=len, reverse=True))
    + "))(?: ?: ?| )(?P<rest>\\S.*)",
    re.I,
)
_AND = re.compile(",? and | & |, | ?[|/;•·] ?| {2,}")
_IN = re.compile(" (?:in|at) (?P<place>[A-Z][\\w'’. -]{2,30})$")


@lru_cache(maxsize=512)
def latin(text: str) -> Persons | None:
    """Read an English byline, e.g. `By Ann Lee and Bo Kim, Staff Writers`."""
    bare = _MAIL.sub("", text).strip(MARKS + " |,")
    if bare[:1] == "(" and bare[-1:] == ")":
        bare = bare[1:-1]
    if STAFF.fullmatch(bare):
        return Persons(people=())
    wired = _service(bare)
    if wired is not None:
        return wired
    match = _LEAD.match(bare)
    if match is None:
        return _titled(bare)
    found: list[Person] = []
    wire = None
    for part in _parts(bare):
        people, service = _credit(*part)
        wire = wire or service
        if people is None:
            return None
        found += people
    place = _IN.search(bare)
    return Persons(people=tuple(found), place=place["place"] if place else None, agency=wire)


def _service(text: str) -> Persons | None:
    """Read a wire service on its own line, with or without a town: `PTI / NEW DELHI`."""
    name, mark, place = re.sub("^(?:by|from) ", "", text, flags=re.I).partition("/")
    if not mark:
        name, mark, place = name.partition("|")
    wire = agency(name.strip()) if len(text) <= 60 else None
    town = place.strip()
    if wire is None or (mark and not TOWN.fullmatch(town)):
        return None
    return Persons(people=(), agency=wire, place=capitalised(town) or None)


def _parts(text: str) -> list[tuple[str, str]]:
    """Cut `Words: A Pictures: B` into labels with what follows them."""
    cuts = list(re.finditer(_LEAD.pattern.split("(?: ?: ?| )")[0], text, re.I))
    cuts = [m for m in cuts if m.start() == 0 or text[: m.start()].endswith((" ", "/", "|"))]
    cuts = [m for m in cuts if re.match(" ?: ?| ", text[m.end() : m.end() + 2])]
    ends = [m.start() for m in cuts[1:]] + [len(text)]
    return [
        (m["label"].lower(), text[m.end() : end].strip(" :|/,"))
        for m, end in zip(cuts, ends, strict=True)
    ]


def _credit(label: str, rest: str) -> tuple[list[Person] | None, str | None]:
    role: Role = LATIN_ROLES.get(label, "reporter")
    wire: str | None = None
    names: list[str] = []
    for part in _AND.split(_IN.sub("", rest)):
        part = part.strip(" ,")
        if not part or TITLE.fullmatch(part):
            continue
        if agency(part):
            wire = agency(part)
        elif names and part.startswith("The "):
            continue  # the house
        elif LATIN_NAME.fullmatch(part):
            names.append(part)
        elif names and len(part) < 40 and part[0].isupper():
            continue  # the house, a beat, a town
        else:
            return None, None
    if not names and wire is None:
        return None, None
    named = [Person(name=title_case(n), role=role, label=label, org=wire) for n in names]
    return named, wire


def _titled(text: str) -> Persons | None:
    """`Ann Lee, Staff Writer` or `Ann Lee | The Record`: a name with a title behind it."""
    parts = [part for part in re.split(", | ?[|•·] ?| [–—] | {2,}", text) if part]
    if not 2 <= len(parts) <= 3 or not LATIN_NAME.fullmatch(parts[0]) or text.endswith("."):
        return None
    if not (TITLE.fullmatch(parts[1]) or agency(parts[1])):
        return None
    wire = agency(parts[1])
    person = Person(name=title_case(parts[0]), role="reporter", label="", org=wire)
    return Persons(people=(person,), agency=wire)


def byline_title(text: str) -> bool:
    """Tell whether a line can be the second line of an English byline."""
    if len(text) > 60 or text.endswith((".", "!", "?", ":")):
        return False
    if agency(text) or TITLE.fullmatch(text) or text.startswith("@"):
        return True
    return bool(re.fullmatch("\\S+@\\S+\\.\\S+", text))


def capitalised(town: str) -> str:
    """Return a town set in capitals as it is usually written."""
    return re.sub("[A-Z][A-Z'’]+", lambda m: m[0].capitalize(), town)


def title_case(name: str) -> str:
    """`MONA REED` is set in capitals by the paper's style; the name is Mona Reed."""
    if not name.isupper():
        return name
    return re.sub(
        "[A-Z][\\w]*",
        lambda m: m[0] if len(m[0]) < 2 or "." in m[0] else m[0].capitalize(),
        name,
    )


def known_agencies() -> tuple[str, ...]:
    """Return the printed names of wire services, longest first."""
    return tuple(sorted(AGENCIES, key=len, reverse=True))
