"""The edition as JSON, `broadsheet-edition/1`: what `inspect` prints, what a newsroom drops.

Keys come in the order of the schema, absent values as null, empty lists as []. Reading checks
shape, size and characters field by field, so that a document from outside cannot bring in a
value that no printed page could hold.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast, get_args

from bridge.errors import FormatError
from bridge.model import (
    Article,
    BodyKind,
    Box,
    Byline,
    Credit,
    CreditRole,
    Dateline,
    Edition,
    Json,
    Jump,
    Kind,
    Masthead,
    Page,
    Paragraph,
    Photo,
    Problem,
    Provenance,
    Role,
    Severity,
    Title,
    Truncated,
)
from bridge.model.printed import FORBIDDEN

SCHEMA = "broadsheet-edition/1"

MAX_ITEMS = 20_000
"""Entries in any one list; a big Sunday edition has some hundred articles."""

MAX_TEXT = 1_000_000
"""Characters in any one string; the longest printed stories have some 50,000."""


TAG = re.compile("[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
"""What a BCP 47 tag looks like."""

T = TypeVar("T")


def dump(edition: Edition, keys: Mapping[int, str] | None = None) -> str:
    """Return the edition as JSON text; `keys` maps an article's order to its stored key."""
    document = {
        "schema": SCHEMA,
        "paper": {
            "id": edition.paper.id,
            "title": edition.paper.title,
            "title_latin": edition.paper.title_latin,
            "language": edition.paper.language,
        },
        "date": edition.date.isoformat(),
        "number": edition.number,
        "pages_total": edition.pages_total,
        "masthead": {
            "weather": edition.masthead.weather,
            "lunar_date": edition.masthead.lunar_date,
            "weekday": edition.masthead.weekday,
            "publisher": edition.masthead.publisher,
            "serial": edition.masthead.serial,
        },
        "pages": [{"label": page.label, "name": page.name} for page in edition.pages],
        "articles": [
            article_to_json(article, (keys or {}).get(article.order))
            for article in edition.articles
        ],
        "problems": [
            {"severity": p.severity, "code": p.code, "message": p.message, "where": p.where}
            for p in edition.problems
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def article_to_json(article: Article, key: str | None = None) -> Json:
    """Return the article as the schema's dictionary."""
    return {
        "order": article.order,
        "key": key,
        "pages": list(article.pages),
        "section": article.section,
        "kind": article.kind,
        "banner": list(article.banner),
        "kicker": article.kicker,
        "headline": article.headline,
        "deck": list(article.deck),
        "byline": [{"name": b.name, "role": b.role, "org": b.org} for b in article.byline],
        "agency": article.agency,
        "dateline": {
            "raw": article.dateline.raw,
            "place": article.dateline.place,
            "date": article.dateline.date.isoformat() if article.dateline.date else None,
        },
        "lead_in": article.lead_in,
        "body": [{"kind": p.kind, "text": p.text} for p in article.body],
        "photos": [_photo_to_json(photo) for photo in article.photos],
        "truncated": article.truncated,
        "jump": {"to": article.jump.to, "from": article.jump.source},
        "language": article.language,
        "keywords": list(article.keywords),
        "source": _source_to_json(article.source),
    }


def _photo_to_json(photo: Photo) -> Json:
    return {
        "caption": photo.caption,
        "credits": [{"name": c.name, "role": c.role, "org": c.org} for c in photo.credits],
        "image": photo.image,
        "alt": photo.alt,
    }


def _source_to_json(source: Provenance) -> Json:
    boxes = [[b.page, b.x0, b.y0, b.x1, b.y1] for b in source.boxes or ()]
    return {
        "file": source.file,
        "lines": None if source.lines is None else list(source.lines),
        "boxes": None if source.boxes is None else boxes,
        "id": source.id,
        "version": source.version,
        "url": source.url,
    }


def load(text: str) -> Edition:
    """Return the edition a JSON text describes; keys are the store's and not read.

    Raises FormatError (`not-an-edition`) with the path of the first wrong field.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong("", f"no JSON: {error}") from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise _wrong("schema", f"is not {SCHEMA}")
    paper, head = _dict(data, "paper", ""), _dict(data, "masthead", "")
    return Edition(
        paper=Title(
            id=_text_or_none(paper, "id", "paper."),
            title=_text(paper, "title", "paper."),
            title_latin=_text_or_none(paper, "title_latin", "paper."),
            language=_language(paper, "paper."),
        ),
        date=_date(data, "date", ""),
        number=_text_or_none(data, "number", ""),
        pages_total=_integer_or_none(data, "pages_total", ""),
        masthead=Masthead(
            weather=_text_or_none(head, "weather", "masthead."),
            lunar_date=_text_or_none(head, "lunar_date", "masthead."),
            weekday=_text_or_none(head, "weekday", "masthead."),
            publisher=_text_or_none(head, "publisher", "masthead."),
            serial=_text_or_none(head, "serial", "masthead."),
        ),
        pages=_each(data, "pages", "", _page),
        articles=_each(data, "articles", "", _article),
        problems=_each(data, "problems", "", _problem),
    )


def article_from_json(data: Json) -> Article:
    """Return the article a dictionary of the schema describes; FormatError when it does not."""
    return _article(data, "article.")


def _article(data: Json, at: str) -> Article:
    line = _dict(data, "dateline", at)
    jump = _dict(data, "jump", at)
    return Article(
        order=_integer(data, "order", at),
        pages=_texts(data, "pages", at),
        section=_text_or_none(data, "section", at),
        kind=cast(Kind, _word(data, "kind", at, get_args(Kind), "news")),
        banner=_texts(data, "banner", at),
        kicker=_text_or_none(data, "kicker", at),
        headline=_text(data, "headline", at),
        deck=_texts(data, "deck", at),
        byline=_each(data, "byline", at, _byline),
        agency=_text_or_none(data, "agency", at),
        dateline=Dateline(
            raw=_text_or_none(line, "raw", at + "dateline."),
            place=_text_or_none(line, "place", at + "dateline."),
            date=_date_or_none(line, "date", at + "dateline."),
        ),
        lead_in=_text_or_none(data, "lead_in", at),
        body=_each(data, "body", at, _paragraph),
        photos=_each(data, "photos", at, _photo),
        truncated=cast(Truncated, _word(data, "truncated", at, get_args(Truncated), "no")),
        jump=Jump(
            to=_text_or_none(jump, "to", at + "jump."),
            source=_text_or_none(jump, "from", at + "jump."),
        ),
        language=_language(data, at),
        keywords=_texts(data, "keywords", at),
        source=_source(_dict(data, "source", at), at + "source."),
    )


def _byline(data: Json, at: str) -> Byline:
    return Byline(
        name=_text(data, "name", at),
        role=cast(Role, _word(data, "role", at, get_args(Role), "reporter")),
        org=_text_or_none(data, "org", at),
    )


def _paragraph(data: Json, at: str) -> Paragraph:
    return Paragraph(
        kind=cast(BodyKind, _word(data, "kind", at, get_args(BodyKind), "paragraph")),
        text=_text(data, "text", at),
    )


def _photo(data: Json, at: str) -> Photo:
    return Photo(
        caption=_text(data, "caption", at),
        credits=_each(data, "credits", at, _credit),
        image=_text_or_none(data, "image", at),
        alt=_text_or_none(data, "alt", at),
    )


def _credit(data: Json, at: str) -> Credit:
    return Credit(
        name=_text(data, "name", at),
        role=cast(CreditRole, _word(data, "role", at, get_args(CreditRole), "photographer")),
        org=_text_or_none(data, "org", at),
    )


def _page(data: Json, at: str) -> Page:
    return Page(label=_text(data, "label", at), name=_text_or_none(data, "name", at))


def _problem(data: Json, at: str) -> Problem:
    return Problem(
        severity=cast(Severity, _word(data, "severity", at, get_args(Severity), "warning")),
        code=_text(data, "code", at),
        message=_text(data, "message", at),
        where=_text_or_none(data, "where", at),
    )


def _source(data: Json, at: str) -> Provenance:
    lines = data.get("lines")
    if lines is not None:
        lines = tuple(_list(data, "lines", at))
        if not all(type(number) is int and number > 0 for number in lines):
            raise _wrong(at + "lines", "holds something else than line numbers")
    return Provenance(
        file=_text(data, "file", at),
        lines=lines,
        boxes=None if data.get("boxes") is None else tuple(_boxes(data, at)),
        id=_text_or_none(data, "id", at),
        version=_text_or_none(data, "version", at),
        url=_text_or_none(data, "url", at),
    )


def _boxes(data: Json, at: str) -> list[Box]:
    boxes = []
    for box in _list(data, "boxes", at):
        if not (isinstance(box, list) and len(box) == 5 and isinstance(box[0], str)):
            raise _wrong(at + "boxes", "holds something else than [page, x0, y0, x1, y1]")
        if not all(type(n) in (int, float) and abs(n) < 1e6 for n in box[1:]):
            raise _wrong(at + "boxes", "holds a side that is no number")
        boxes.append(Box(page=box[0], x0=box[1], y0=box[2], x1=box[3], y1=box[4]))
    return boxes


def _wrong(at: str, why: str) -> FormatError:
    where = f" {at.rstrip('.')}" if at else ""
    return FormatError(
        f"not an edition:{where} {why}"[:300],
        code="not-an-edition",
        hint=f"see the description of {SCHEMA}",
    )


def _dict(data: Json, key: str, at: str) -> Json:
    value = data.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _wrong(at + key, "is no object")
    return value


def _list(data: Json, key: str, at: str) -> list[Any]:
    value = data.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise _wrong(at + key, "is no list")
    if len(value) > MAX_ITEMS:
        raise _wrong(at + key, f"has more than {MAX_ITEMS} entries")
    return value


def _each(data: Json, key: str, at: str, read: Callable[[Json, str], T]) -> tuple[T, ...]:
    items = []
    for place, item in enumerate(_list(data, key, at)):
        if not isinstance(item, dict):
            raise _wrong(f"{at}{key}[{place}]", "is no object")
        items.append(read(item, f"{at}{key}[{place}]."))
    return tuple(items)


def _texts(data: Json, key: str, at: str) -> tuple[str, ...]:
    return tuple(
        _string(item, f"{at}{key}[{place}]") for place, item in enumerate(_list(data, key, at))
    )


def _text(data: Json, key: str, at: str) -> str:
    return _string(data.get(key), at + key)


def _text_or_none(data: Json, key: str, at: str) -> str | None:
    return None if data.get(key) is None else _text(data, key, at)


def _string(value: object, at: str) -> str:
    if not isinstance(value, str):
        raise _wrong(at, "is no text")
    if len(value) > MAX_TEXT:
        raise _wrong(at, f"is longer than {MAX_TEXT} characters")
    return FORBIDDEN.sub("", value)


def _word(data: Json, key: str, at: str, allowed: tuple[str, ...], default: str) -> str:
    value = data.get(key, default)
    if value not in allowed:
        raise _wrong(at + key, f"is none of {', '.join(allowed)}")
    return str(value)


def _language(data: Json, at: str) -> str:
    value = _text(data, "language", at)
    if not TAG.fullmatch(value):
        raise _wrong(at + "language", "is no BCP 47 tag")
    return value


def _integer(data: Json, key: str, at: str) -> int:
    value = data.get(key)
    if type(value) is not int or not 0 <= value < 2**31:
        raise _wrong(at + key, "is no whole number")
    return value


def _integer_or_none(data: Json, key: str, at: str) -> int | None:
    return None if data.get(key) is None else _integer(data, key, at)


def _date(data: Json, key: str, at: str) -> dt.date:
    try:
        return dt.date.fromisoformat(_text(data, key, at))
    except ValueError:
        raise _wrong(at + key, "is no date of the form YYYY-MM-DD") from None


def _date_or_none(data: Json, key: str, at: str) -> dt.date | None:
    return None if data.get(key) is None else _date(data, key, at)
