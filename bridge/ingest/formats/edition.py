"""The edition JSON as an input: `broadsheet-edition/1`, see `bridge.edition_json`."""

from dataclasses import replace

from bridge import edition_json
from bridge.errors import FormatError
from bridge.model import Article, Document, Edition, Expected, PrintedEdition

NAME = "edition-json"


def recognises(document: Document) -> bool:
    """Tell whether the document is a JSON file, by its name and first character."""
    head = document.data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return document.name.lower().endswith(".json") and head.startswith(b"{")


def parse(document: Document, expected: Expected) -> PrintedEdition:
    """Return the articles of an edition JSON.

    Raises FormatError: `encoding`, `not-an-edition`, `no-article`.
    """
    found = _load(document)
    if not found.articles:
        raise FormatError("no article was found", code="no-article", where=document.origin)
    return PrintedEdition(
        file=document.origin,
        title=found.paper.title,
        title_latin=found.paper.title_latin,
        language=found.paper.language,
        date=found.date,
        number=found.number,
        pages_total=found.pages_total,
        masthead=found.masthead,
        pages=found.pages,
        articles=tuple(_located(article, document.origin) for article in found.articles),
        problems=found.problems,
    )


def _load(document: Document) -> Edition:
    try:
        return edition_json.load(document.data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        what = f"JSON must be UTF-8: {error}"
        raise FormatError(what, code="encoding", where=document.origin) from None
    except FormatError as error:
        raise FormatError(
            error.what, code=error.code, where=document.origin, hint=error.hint
        ) from None


def _located(article: Article, origin: str) -> Article:
    """An article that does not say where it stood stood in this file."""
    file = article.source.file or origin
    return replace(article, source=replace(article.source, file=file))
