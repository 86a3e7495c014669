"""An invented paper, its sections and articles, for every test of what readers get."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bridge.model import (
    Article,
    Byline,
    Channel,
    Credit,
    Dateline,
    Issue,
    Masthead,
    Newspaper,
    Page,
    Paragraph,
    Photo,
    Provenance,
    Section,
    Site,
    StoredArticle,
)

DAY = dt.date(2026, 3, 1)
ZONE = ZoneInfo("Asia/Shanghai")
PICTURE = "media/" + "ab" * 32 + ".jpg"

PAPER = Newspaper(
    id="yunting",
    title="云汀日报",
    title_latin="YUNTING DAILY",
    language="zh-Hans",
    timezone=ZONE,
    hour=dt.time(5, 30),
    authority="feeds.example.org",
    description="一张虚构的地方报纸，写云汀江两岸的日常。",
    sections=(
        Section(slug="yaowen", title="要闻", description="云汀的大事与新政。"),
        Section(slug="minsheng", title="民生", text="excerpt"),
        Section(slug="fukan", title="副刊", federate="off", text="headline"),
    ),
    default_section="yaowen",
    window=7,
)

SITE = Site(
    base_url="https://feeds.example.org",
    title="云汀报业",
    mode="publisher",
    contact="editor@example.org",
    papers=(PAPER,),
)

ISSUE = Issue(
    paper="yunting",
    date=DAY,
    number="4127",
    pages_total=8,
    masthead=Masthead(weather="多云转晴 6—14℃", lunar_date="丙午年正月十三"),
    pages=(Page(label="A1", name="要闻"), Page(label="A2", name="民生")),
    first_seen=dt.datetime(2026, 2, 28, 20, 10, tzinfo=dt.UTC),
    updated=dt.datetime(2026, 2, 28, 20, 10, tzinfo=dt.UTC),
)

FERRY = Article(
    order=1,
    pages=("A1",),
    section="yaowen",
    kind="news",
    banner=("一线见闻",),
    kicker="两岸十二个渡口同步改造",
    headline="云汀江早班渡船提前到五点半开航",
    deck=("首日载客一千二百余人次", "菜农赶早市不再摸黑绕桥"),
    byline=(
        Byline(name="顾明汐", role="reporter"),
        Byline(name="沈一禾", role="reporter"),
        Byline(name="陶映", role="correspondent", org="市水运中心"),
    ),
    dateline=Dateline(raw="本报讯", place=None, date=DAY),
    lead_in="本报讯(记者/顾明汐、沈一禾)",
    body=(
        Paragraph(
            kind="paragraph",
            text="天还没有亮透，东渡口的铁栏杆上结着一层薄霜。五点二十五分，缆绳解开，"
            "三十四名挑着菜筐的乘客依次上船。从今天起，云汀江上的早班渡船比过去提前四十分钟。",
        ),
        Paragraph(kind="subhead", text="多出来的四十分钟"),
        Paragraph(
            kind="paragraph",
            text="“过去要绕上游的桥，三轮车骑一个钟头。”家住西滩的何师傅说，新班次让他能在"
            "早市开秤之前摆好摊位。据市水运中心介绍，2026年将完成12个渡口的照明和雨棚改造。",
        ),
        Paragraph(kind="item", text="东渡口：首班 5:30，末班 22:00"),
        Paragraph(kind="item", text="西滩渡口：首班 5:45，末班 21:40"),
        Paragraph(kind="question", text="遇到大雾怎么办？"),
        Paragraph(kind="answer", text="能见度不足五百米时停航，码头广播和手机短信同时通知。"),
        Paragraph(kind="table", text="月份\t班次\n一月\t1 240\n二月\t1 316"),
    ),
    photos=(
        Photo(
            caption="清晨，首班渡船离开东渡口。",
            credits=(Credit(name="岑川", role="photographer"),),
            image=PICTURE,
        ),
        Photo(
            caption="改造后的西滩渡口。", credits=(Credit(name="市水运中心", role="source"),)
        ),
    ),
    truncated="yes",
    language="zh-Hans",
    keywords=("渡船", "公共交通"),
    source=Provenance(file="A1.txt"),
)

KITCHEN = Article(
    order=2,
    pages=("A2",),
    section="minsheng",
    kind="news",
    headline="老街食堂添了一张“不着急”的长桌",
    byline=(Byline(name="白芷若", role="reporter"),),
    body=(Paragraph(kind="paragraph", text="长桌靠窗，坐下来的人可以慢慢吃完一碗面。"),),
    language="zh-Hans",
    source=Provenance(file="A2.txt"),
)

POEM = Article(
    order=3,
    pages=("A2",),
    section="fukan",
    kind="opinion",
    headline="A Letter from the Weir",
    byline=(Byline(name="Ada Larkin", role="author"),),
    lead_in="LARKFIELD —",
    body=(Paragraph(kind="paragraph", text="The river keeps its own hours & asks <nobody>."),),
    language="en",
    source=Provenance(file="A2.txt"),
)


def stored(article: Article, key: str, summary: str, **changes: object) -> StoredArticle:
    """Give an article its identity, as the store would."""
    published = dt.datetime.combine(DAY, dt.time(5, 30), ZONE) - dt.timedelta(
        seconds=article.order
    )
    whole = StoredArticle(
        key=key,
        paper="yunting",
        date=DAY,
        section=article.section or "yaowen",
        article=article,
        summary=summary,
        published=published,
        updated=published,
        first_seen=dt.datetime(2026, 2, 28, 20, 10, tzinfo=dt.UTC),
        revision=1,
        state="live",
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


@pytest.fixture
def make() -> Callable[..., StoredArticle]:
    """Build stored articles of one's own."""
    return stored


@pytest.fixture
def site() -> Site:
    return SITE


@pytest.fixture
def paper() -> Newspaper:
    return PAPER


@pytest.fixture
def issue() -> Issue:
    return ISSUE


@pytest.fixture
def ferry() -> StoredArticle:
    """An article with everything an article can have, corrected once."""
    corrected = dt.datetime(2026, 3, 1, 9, 15, tzinfo=ZONE)
    summary = "从今天起，云汀江上的早班渡船比过去提前四十分钟。"
    return stored(FERRY, "yunting-20260301-k3v9qa", summary, updated=corrected, revision=2)


@pytest.fixture
def kitchen() -> StoredArticle:
    """An article of a section that gives excerpts only."""
    summary = "坐下来的人可以慢慢吃完一碗面。"
    return stored(KITCHEN, "yunting-20260301-7mxt2c", summary)


@pytest.fixture
def poem() -> StoredArticle:
    """An article in another language, of a section that gives headlines only."""
    return stored(POEM, "yunting-20260301-p0w4ze", "The river keeps its own hours.")


@pytest.fixture
def channel(
    ferry: StoredArticle, kitchen: StoredArticle, poem: StoredArticle, issue: Issue
) -> Channel:
    """The channel of everything, newest entry first."""
    return Channel(
        site=SITE, paper=PAPER, section=None, issue=issue, entries=(ferry, kitchen, poem)
    )
