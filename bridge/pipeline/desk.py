"""What announcing needs at hand in one transaction: the accounts, and who of them is heard."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bridge.model import Activity, Actor, Newspaper, Section, StoredArticle, Task, addresses
from bridge.pipeline import actors
from bridge.store import Connection, activities, followers
from bridge.wiring import Bridge


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One transaction in which something is said; accounts go by their names."""

    bridge: Bridge
    connection: Connection
    now: dt.datetime
    accounts: Mapping[str, Actor]
    sections: Mapping[str, tuple[Newspaper, Section]]
    followed: dict[str, bool] = field(default_factory=dict)  # what was asked already

    def speaks(self, name: str) -> bool:
        """Say whether there is such an account of a section."""
        return name in self.sections

    def heard(self, name: str) -> bool:
        """Say whether anybody follows an account."""
        if name not in self.followed:
            self.followed[name] = followers.any_of(self.connection, name)
        return self.followed[name]

    def actor(self, name: str) -> Actor:
        """Return an account."""
        return self.accounts[name]

    def section(self, name: str) -> Section:
        """Return the section of an account."""
        return self.sections[name][1]

    def paper(self, name: str) -> Newspaper:
        """Return the paper of a section's account."""
        return self.sections[name][0]

    def booster(self, name: str) -> Actor | None:
        """Return the paper's own account if it is to boost what a section's one posts."""
        paper = self.paper(name)
        own = addresses.actor_name(paper.id, None)
        if not paper.accounts.boost or not self.heard(own):
            return None
        return self.accounts.get(own)

    def boosted(self, article: StoredArticle) -> str | None:
        """Return the paper's own account if it has boosted an article and is heard."""
        own = addresses.actor_name(article.paper, None)
        boost = addresses.activity_id(self.bridge.site.base_url, f"{article.key}-boost")
        known = self.heard(own) and activities.get(self.connection, boost)
        return own if known else None

    def told(self, article: StoredArticle) -> bool:
        """Say whether an article is no news: it was posted, or is a later version."""
        name = addresses.activity_id(self.bridge.site.base_url, f"{article.key}-create")
        return article.revision > 1 or activities.get(self.connection, name) is not None

    def used(self, name: str) -> tuple[dict[dt.date, int], dt.datetime | None]:
        """Return how much an account posts today and tomorrow, and the last release so far."""
        zone = self.paper(name).timezone
        today = self.now.astimezone(zone).date()
        used: dict[dt.date, int] = {}
        latest: dt.datetime | None = None
        for day in (today, today + dt.timedelta(days=1), today + dt.timedelta(days=2)):
            start = dt.datetime.combine(day, dt.time(0), zone)
            end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(0), zone)
            used[day], last = activities.posted(self.connection, name, start, end)
            latest = last or latest
        return used, latest

    def send(self, made: Sequence[Activity]) -> None:
        """Enqueue what is due at once; the minute tick sees to the rest."""
        due = [one for one in made if one.release_at is None or one.release_at <= self.now]
        self.bridge.enqueue(self.connection, tuple(fan_out_task(one.id) for one in due))


def open_desk(bridge: Bridge, connection: Connection, now: dt.datetime) -> Desk:
    """Read once what is asked for every article."""
    everyone = actors.everyone(bridge, connection, now)
    return Desk(
        bridge=bridge,
        connection=connection,
        now=now,
        accounts={actor.name: actor for actor in everyone},
        sections=actors.sections(bridge.site),
    )


def fan_out_task(activity: str) -> Task:
    """Return the task that gives an activity, by its id, its rows."""
    return Task(name="fan_out", args=(activity,), id=f"fan_out-{activity}")
