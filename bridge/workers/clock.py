"""When work begins: APScheduler on every node, whose jobs only enqueue.

A job's task carries the id `<job>-<planned fire time in UTC>`, so that K nodes and a restarted
one give one run. Fire times are therefore a function of the config alone: intervals count from
the epoch, and a source's jitter is a fixed share of it, drawn from the source's name and the
site's address. It spreads sources and installations, and is the same on every node.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import structlog
from apscheduler.events import EVENT_JOB_SUBMITTED, JobSubmissionEvent
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bridge.errors import BridgeError
from bridge.model import Site, Source, Task

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
TICK = dt.timedelta(microseconds=1)
MINUTE = dt.timedelta(minutes=1)
JUMP = dt.timedelta(seconds=30)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is enqueued, and when; a fire time missed by more than `grace` is let go."""

    id: str
    task: Task
    trigger: "Plan"
    grace: dt.timedelta

    def planned(self, when: dt.datetime) -> Task:
        """Return the task of one fire time; its id is the same on every node."""
        return replace(self.task, id=f"{self.id}-{when.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}")


class Plan(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """A trigger's fire times, each `offset` later, in UTC.

    A time of day that the end of summer time brings twice counts once, as cron has it: only
    expressions with a `*` in the hour run in both.
    """

    def __init__(self, inner: BaseTrigger, offset: dt.timedelta, *, twice: bool) -> None:
        self.inner, self.offset, self.twice = inner, offset, twice

    def get_next_fire_time(
        self, previous: dt.datetime | None, now: dt.datetime
    ) -> dt.datetime | None:
        """Return the first fire time after `previous`, or from `now` on without one.

        The inner trigger is never given its own last answer: CronTrigger compares it with
        `now` across time zones, which Python calls unequal inside a repeated hour, and gives
        the same answer for ever.
        """
        start = previous + TICK if previous else now
        planned = self._inner(start - self.offset)
        while planned and planned.fold and not self.twice:
            planned = self._inner(planned.astimezone(dt.UTC) + TICK)
        return planned.astimezone(dt.UTC) + self.offset if planned else None

    def _inner(self, start: dt.datetime) -> dt.datetime | None:
        found: dt.datetime | None = self.inner.get_next_fire_time(None, start)
        return found

    def between(self, start: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
        """Yield the fire times from `start` to `end`, both included."""
        planned = self.get_next_fire_time(None, start)
        while planned and planned <= end:
            yield planned
            planned = self.get_next_fire_time(planned, planned)


class Clock:
    """Enqueues the jobs' tasks at their fire times, from `start` to `stop`."""

    def __init__(self, jobs: tuple[Job, ...], enqueue: Callable[[Task], None]) -> None:
        self._jobs = {job.id: job for job in jobs}
        self._enqueue = enqueue
        self._missed: list[tuple[Job, dt.datetime]] = []
        self._scheduler = BackgroundScheduler(
            timezone=dt.UTC,
            executors={"default": DebugExecutor()},  # the bodies do nothing: no threads
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self, now: dt.datetime) -> None:
        """Make up for fire times that passed while no node was up, then keep time."""
        for job in self._jobs.values():
            missed = due(job, now)
            if missed:
                self._enqueue(job.planned(missed))
            self._scheduler.add_job(_nothing, trigger=job.trigger, id=job.id, name=job.id)
        self._scheduler.add_listener(self._fire, EVENT_JOB_SUBMITTED)
        self._scheduler.start()

    def stop(self) -> None:
        """Enqueue nothing more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def put_back(self, by: dt.timedelta) -> None:
        """Plan anew after the machine's clock was put back; else every job waits that long."""
        log.warning("the machine's clock was put back", seconds=int(by.total_seconds()))
        for job in self._jobs.values():
            self._scheduler.reschedule_job(job.id, trigger=job.trigger)

    def make_up(self) -> None:
        """Enqueue what could not be: the database did not answer, or the disk was full."""
        missed, self._missed = self._missed, []
        for job, planned in missed:
            self._add(job, planned)

    def _fire(self, event: JobSubmissionEvent) -> None:
        for planned in event.scheduled_run_times:
            self._add(self._jobs[event.job_id], planned)

    def _add(self, job: Job, planned: dt.datetime) -> None:
        if dt.datetime.now(dt.UTC) - planned > job.grace:
            log.warning("fire time missed", job=job.id, planned=planned.isoformat())
            return
        try:
            self._enqueue(job.planned(planned))
        except BridgeError as error:
            log.warning("could not enqueue yet", job=job.id, reason=str(error))
            self._missed.append((job, planned))
        except Exception:
            log.exception("could not enqueue", job=job.id)  # must not end the clock


def jobs(site: Site, sources: tuple[Source, ...]) -> tuple[Job, ...]:
    """Return every job of the config: one per source, the minute tick, the nightly purge."""
    return (
        *(_ingest(site, source) for source in sources),
        Job(
            id="tick",
            task=Task(name="tick", fold=True),
            trigger=Plan(interval(MINUTE), dt.timedelta(), twice=True),
            grace=MINUTE,
        ),
        Job(
            id="purge",
            task=Task(name="purge", fold=True),
            trigger=Plan(
                CronTrigger.from_crontab("17 3 * * *", timezone=dt.UTC),
                share("purge", site.base_url, dt.timedelta(minutes=30)),
                twice=False,
            ),
            grace=dt.timedelta(hours=12),
        ),
    )


def _ingest(site: Site, source: Source) -> Job:
    """Return the job that looks into a source, in its paper's time zone."""
    paper = next(paper for paper in site.papers if paper.id == source.paper)
    if source.cron:
        trigger = CronTrigger.from_crontab(source.cron, timezone=paper.timezone)
        twice = source.cron.split()[1].startswith("*")
    else:
        trigger, twice = interval(source.every), True
    return Job(
        id=f"ingest-{source.id}",
        task=Task(name="ingest", args=(source.id,), partition=source.id, fold=True),
        trigger=Plan(trigger, share(source.id, site.base_url, source.jitter), twice=twice),
        grace=source.misfire_grace if source.cron else max(source.misfire_grace, source.every),
    )


def interval(every: dt.timedelta) -> IntervalTrigger:
    """Return the multiples of `every` since the epoch."""
    return IntervalTrigger(
        seconds=max(1, round(every.total_seconds())), start_date=EPOCH, timezone=dt.UTC
    )


def share(name: str, salt: str, whole: dt.timedelta) -> dt.timedelta:
    """Return a fixed part of `whole`, in whole seconds, that differs from name to name."""
    seconds = int(whole.total_seconds())
    drawn = hashlib.sha256(f"{salt}\n{name}".encode()).digest()
    return dt.timedelta(seconds=int.from_bytes(drawn[:8]) % (seconds + 1))


def due(job: Job, now: dt.datetime) -> dt.datetime | None:
    """Return the last fire time that passed and is not yet too late, if there is one."""
    return max(job.trigger.between(now - job.grace, now), default=None)


def put_back(
    wall: tuple[dt.datetime, dt.datetime], steady: tuple[float, float]
) -> dt.timedelta | None:
    """Return how far the wall clock went back between two readings; None when it did not.

    `steady` are the readings of the monotonic clock at the same two moments, in seconds.
    """
    by = dt.timedelta(seconds=steady[1] - steady[0]) - (wall[1] - wall[0])
    return by if by > JUMP else None


def _nothing() -> None:
    """The body of every job: the listener has enqueued its task already."""
