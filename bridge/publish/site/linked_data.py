"""The article for machines: schema.org NewsArticle with what only print has.

https://schema.org/NewsArticle (printEdition, printPage, printSection, dateline).
"""

import json
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from bridge.model import Issue, Newspaper, Revision, StoredArticle, addresses
from bridge.publish import body
from bridge.publish.site.press import Press
from bridge.publish.text import clean, line

HEADLINE_LENGTH = 110
"""Characters of a headline that search engines take."""


def article(
    press: Press,
    paper: Newspaper,
    issue: Issue | None,
    stored: StoredArticle,
    history: Sequence[Revision] = (),
) -> Markup:
    """Return the article as JSON-LD, safe inside a script element."""
    item = stored.article
    images = [image for photo in item.photos if (image := body.own_image(photo))]
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": press.url(addresses.article_path(paper.id, stored.key)),
        "mainEntityOfPage": press.url(addresses.article_path(paper.id, stored.key)),
        "headline": press.headline(stored)[:HEADLINE_LENGTH],
        "alternativeHeadline": line(" ".join(item.deck)),
        "description": clean(stored.summary),
        "datePublished": stored.published.astimezone(paper.timezone).isoformat(),
        "dateModified": stored.updated.astimezone(paper.timezone).isoformat(),
        "inLanguage": item.language,
        "articleSection": line(press.section_of(paper, stored).title),
        "keywords": [line(word) for word in item.keywords],
        "author": _authors(stored),
        "image": [press.url(image) for image in images],
        "dateline": line(item.dateline.raw or ""),
        "correction": _corrections(press, paper, history),
        **_in_print(press, issue, stored),
        "publisher": {
            "@type": "NewsMediaOrganization",
            "name": line(paper.title),
            "url": press.url(addresses.paper_path(paper.id)),
        },
    }
    return _script({name: value for name, value in told.items() if value})


def _in_print(press: Press, issue: Issue | None, stored: StoredArticle) -> dict[str, Any]:
    date = stored.date.isoformat()
    number = issue.number if issue and issue.number else date
    return {
        "printEdition": number,
        "printPage": ", ".join(map(line, stored.article.pages)),
        "isPartOf": {
            "@type": "PublicationIssue",
            "@id": press.url(addresses.edition_path(stored.paper, stored.date)),
            "issueNumber": number,
            "datePublished": date,
        },
    }


def _authors(stored: StoredArticle) -> list[dict[str, str]]:
    kind = "Person" if stored.article.byline else "NewsMediaOrganization"
    return [{"@type": kind, "name": name} for name in body.authors(stored.article)]


def _corrections(
    press: Press, paper: Newspaper, history: Sequence[Revision]
) -> list[dict[str, str]]:
    return [
        {
            "@type": "CorrectionComment",
            "text": clean(version.remark),
            "datePublished": press.local(paper, version.at).isoformat(),
        }
        for version in history
        if version.remark
    ]


def _script(value: dict[str, Any]) -> Markup:
    """Return JSON in which nothing can end the script element or open a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 every character HTML could read is escaped above
