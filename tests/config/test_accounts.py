"""How a paper's accounts behave: each key comes to its value."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.config import load
from bridge.errors import ConfigError
from bridge.model import Accounts, template

Deploy = Callable[..., Path]

WRITTEN = """
template = "{kicker}\\n**{headline}** {link}"
hashtags = ["Tide", "Harbour works"]
keyword_tags = false
media = "card"
embargo = "07:30"
replies = "held"
federate = "digest"

[accounts]
boost = false
daily = 0
spread = "1h30m"
quiet = "22:00-06:30"
gather = "0s"
late = "6h"
"""


def test_without_a_word_about_them_they_are_paced(deploy: Deploy) -> None:
    (paper,) = load(deploy(), {}).site.papers
    assert paper.accounts == Accounts()
    assert paper.accounts.daily == 30
    assert paper.accounts.spread == dt.timedelta(minutes=30)
    (section,) = paper.sections
    assert (section.federate, section.media, section.replies) == ("note", "image", "newcomers")
    assert (section.template, section.hashtags) == (template.DEFAULT, None)


def test_every_key_counts(deploy: Deploy, paper: str) -> None:
    (found,) = load(deploy(papers={"herald": paper + WRITTEN}), {}).site.papers
    assert found.accounts == Accounts(
        boost=False,
        daily=0,
        spread=dt.timedelta(minutes=90),
        quiet=(dt.time(22), dt.time(6, 30)),
        gather=dt.timedelta(0),
        late=dt.timedelta(hours=6),
    )
    section = found.sections[-1]
    assert section.template == "{kicker}\n**{headline}** {link}"
    assert section.hashtags == ("Tide", "Harbour works")
    assert (section.keyword_tags, section.media) == (False, "card")
    assert (section.embargo, section.replies) == (dt.time(7, 30), "held")
    assert section.federate == "digest"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('quiet = "07:00-07:00"', "begins and ends at the same time"),
        ('quiet = "7-8"', "is not a span of hours"),
        ('spread = "13h"', "is not within"),
        ("daily = -1", "at least 0"),
        ('boost = "no"', "true or false"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    deploy: Deploy, paper: str, line: str, what: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(deploy(papers={"herald": f"{paper}\n[accounts]\n{line}\n"}), {})
    assert what in str(caught.value)


@pytest.mark.parametrize("slug", ["replies", "corrections"])
def test_the_rooms_of_the_site_are_no_sections(deploy: Deploy, paper: str, slug: str) -> None:
    with pytest.raises(ConfigError, match="reserved"):
        load(deploy(papers={"herald": paper.replace('"front"', f'"{slug}"')}), {})
