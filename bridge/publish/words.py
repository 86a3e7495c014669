"""The words that are ours rather than the paper's, in the paper's language.

The catalogues are data: `catalogue/<language>.toml`, one table per place, same keys in each.
"""

import datetime as dt
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

CATALOGUES = ("zh-Hans", "zh-Hant", "en")
"""Every language the pages speak; the last one stands in for all others."""

TRADITIONAL = ("hant", "tw", "hk", "mo")
"""Subtags that mean traditional script."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One catalogue; `language` is the catalogue's, for elements that hold only our words."""

    language: str
    tables: dict[str, Any]

    def __call__(self, key: str, **values: object) -> str:
        """Return the phrase at `table.name`, filled in; KeyError when there is none."""
        table, _, name = key.partition(".")
        phrase: str = self.tables[table][name]
        return phrase.format(**values) if values else phrase

    def date(self, date: dt.date) -> str:
        """Return a date as this language writes it in full."""
        months = self.tables["date"].get("months")
        name = months[date.month - 1] if months else ""
        return self(
            "date.long", year=date.year, month=date.month, day=date.day, month_name=name
        )

    def weekday(self, date: dt.date) -> str:
        """Return the name of the day of the week."""
        name: str = self.tables["date"]["weekdays"][date.weekday()]
        return name

    def day(self, date: dt.date) -> str:
        """Return date and day of the week."""
        return self("date.day", date=self.date(date), weekday=self.weekday(date))

    def moment(self, moment: dt.datetime) -> str:
        """Return date and time of day, in the zone the moment is given in."""
        time = self("date.time", hour=moment.hour, minute=moment.minute)
        return f"{self.date(moment.date())} {time}"

    def names(self, names: Sequence[str]) -> str:
        """Return several names as one phrase."""
        if len(names) < 2:
            return "".join(names)
        return self("names.between").join(names[:-1]) + self("names.last") + names[-1]


@lru_cache(maxsize=256)
def words(language: str) -> Words:
    """Return the catalogue for a BCP 47 tag, the nearest one when there is no own."""
    return _load(_nearest(language))


def _nearest(language: str) -> str:
    primary, *subtags = language.lower().split("-")
    if primary == "zh":
        return "zh-Hant" if any(subtag in TRADITIONAL for subtag in subtags) else "zh-Hans"
    return primary if primary in CATALOGUES else CATALOGUES[-1]


@cache
def _load(language: str) -> Words:
    text = files("bridge.publish").joinpath(f"catalogue/{language}.toml").read_text("utf-8")
    return Words(language=language, tables=tomllib.loads(text))
