"""The fingerprint of a feed: it moves with what a reader sees and with nothing else."""

from dataclasses import replace

from bridge.model import Channel
from bridge.publish.entry import Options, fingerprint

OPTIONS = Options(sizes={"media/" + "ab" * 32 + ".jpg": 48213})


def test_the_fingerprint_moves_with_everything_a_reader_sees(channel: Channel) -> None:
    first = channel.entries[0]
    section = replace(channel.paper.sections[0], text="headline")
    changed = [
        replace(channel, entries=channel.entries[1:]),
        replace(channel, entries=channel.entries[::-1]),
        replace(channel, entries=(replace(first, revision=3), *channel.entries[1:])),
        replace(channel, section=channel.paper.sections[0]),
        replace(channel, site=replace(channel.site, base_url="https://other.example")),
        replace(channel, paper=replace(channel.paper, title="别的报")),
        replace(
            channel,
            paper=replace(channel.paper, sections=(section, *channel.paper.sections[1:])),
        ),
    ]
    prints = {fingerprint(one, OPTIONS) for one in (channel, *changed)}
    prints |= {
        fingerprint(channel, Options()),
        fingerprint(channel, replace(OPTIONS, max_bytes=9)),
    }
    assert len(prints) == len(changed) + 3


def test_the_fingerprint_of_a_section_outlives_other_sections_editions(
    channel: Channel,
) -> None:
    later = replace(channel.issue, number="4128") if channel.issue else None
    assert fingerprint(channel, OPTIONS) == fingerprint(replace(channel, issue=later), OPTIONS)
