"""What is known of files: small journals, cheap to write, harmless to lose."""

import json
from dataclasses import replace
from pathlib import Path

from bridge.publish.manifest import SLACK, Manifest, Record

RECORD = Record(path="p/rss.xml", etag='"1"', twin=None, changed=1, size=2, fingerprint="f")


def test_what_was_written_is_known_to_others(tmp_path: Path) -> None:
    one, other = Manifest(tmp_path), Manifest(tmp_path)
    assert other.get("p/rss.xml") is None
    one.put(RECORD)
    assert other.get("p/rss.xml") == RECORD
    other.put(replace(RECORD, etag='"2"'))
    assert one.get("p/rss.xml") == replace(RECORD, etag='"2"')
    one.drop("p/rss.xml")
    assert other.get("p/rss.xml") is None


def test_a_repeat_writes_nothing(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.put(RECORD)
    size = (tmp_path / ".manifest/p/files.jsonl").stat().st_size
    manifest.put(RECORD)
    manifest.drop("p/unknown.xml")
    assert (tmp_path / ".manifest/p/files.jsonl").stat().st_size == size


def test_the_articles_of_one_date_stand_together_and_apart_from_others(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    for path in ("p/a/p-20260301-aaaaaa.html", "p/a/p-20260302-bbbbbb.html", "index.html"):
        manifest.put(replace(RECORD, path=path))
    found = sorted(
        f.relative_to(tmp_path / ".manifest").as_posix() for f in tmp_path.rglob("*.jsonl")
    )
    assert found == ["files.jsonl", "p/a/20260301.jsonl", "p/a/20260302.jsonl"]


def test_torn_and_foreign_lines_are_passed_over(tmp_path: Path) -> None:
    Manifest(tmp_path).put(RECORD)
    journal = tmp_path / ".manifest/p/files.jsonl"
    junk = [
        b"[1]",
        b'{"path": 3}',
        b"\xff\x00",
        b'{"path": "p/x", "more": 1}',
        b'{"path":"p/torn","et',
    ]
    journal.write_bytes(journal.read_bytes() + b"\n".join(junk))
    assert Manifest(tmp_path).get("p/rss.xml") == RECORD
    assert Manifest(tmp_path).get("p/torn") is None


def test_a_journal_does_not_grow_for_ever(tmp_path: Path) -> None:
    manifest, journal = Manifest(tmp_path), tmp_path / ".manifest/p/files.jsonl"
    for number in range(10 * SLACK):
        manifest.put(replace(RECORD, changed=number))
    assert len(journal.read_bytes().splitlines()) <= SLACK + 3
    assert Manifest(tmp_path).get("p/rss.xml") == replace(RECORD, changed=10 * SLACK - 1)
    assert json.loads(journal.read_bytes().splitlines()[-1])["changed"] == 10 * SLACK - 1


def test_many_journals_are_not_all_kept_in_memory(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    for number in range(200):
        manifest.put(replace(RECORD, path=f"p/s{number}/rss.xml"))
    assert manifest.get("p/s0/rss.xml") == replace(RECORD, path="p/s0/rss.xml")
    assert len(manifest._journals) <= 64
