"""Entries ready-made: written once for all feeds, dates as mail writes them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from email.utils import format_datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.model import Channel, StoredArticle
from bridge.publish import feeds, items
from bridge.publish.entry import Entry


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The guids of entries as they are written."""
    found: list[str] = []

    def write(entry: Entry, real: Callable[[Entry], items.Item] = items.write) -> items.Item:
        found.append(entry.guid)
        return real(entry)

    monkeypatch.setattr(feeds.items, "write", write)
    feeds._item.cache_clear()
    return found


def test_an_entry_is_written_once_for_every_feed_and_form(
    channel: Channel, written: list[str]
) -> None:
    for section in (None, *channel.paper.sections):
        shown = tuple(
            e for e in channel.entries if section in (None, channel.paper.section(e.section))
        )
        feeds.render(replace(channel, section=section, entries=shown))
    assert len(written) == len(set(written)) == 3


def test_a_correction_writes_one_entry(
    channel: Channel, ferry: StoredArticle, written: list[str]
) -> None:
    feeds.render(channel)
    written.clear()
    better = replace(ferry, article=replace(ferry.article, headline="渡船改点"))
    feeds.render(replace(channel, entries=(better, *channel.entries[1:])))
    assert [guid[-6:] for guid in written] == ["k3v9qa"]


def test_what_an_entry_is_written_from_counts(
    channel: Channel, ferry: StoredArticle, written: list[str]
) -> None:
    """The same article at another address, under another name, with a picture's length."""
    one = replace(channel, entries=(ferry,))
    feeds.render(one)
    feeds.render(replace(one, site=replace(one.site, base_url="https://other.example")))
    feeds.render(replace(one, paper=replace(one.paper, authority="other.example")))
    feeds.render(one, feeds.Options(sizes={"media/" + "ab" * 32 + ".jpg": 1}))
    assert len(written) == 4


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: dt.timezone(dt.timedelta(minutes=m)))


@given(moment=st.datetimes(timezones=ZONES))
def test_dates_are_those_of_mail(moment: dt.datetime) -> None:
    assert items.rfc5322(moment) == format_datetime(moment)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text(max_size=60))
def test_json_never_takes_four_times_the_room_of_atom(
    channel: Channel, ferry: StoredArticle, text: str
) -> None:
    for section in ("yaowen", "minsheng", "fukan"):
        article = replace(ferry.article, headline=text, keywords=(text,), kicker=text)
        entry = replace(ferry, article=article, section=section, summary=text)
        found = feeds.render(replace(channel, entries=(entry,)))
        assert len(found.json) <= 4 * len(found.atom)
