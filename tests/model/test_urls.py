"""One spelling for one place, and what is no URL for us (security nos. 12, 30, 52)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model import urls


@pytest.mark.parametrize(
    ("text", "one_spelling"),
    [
        ("https://paper.example", "https://paper.example/"),
        ("HTTPS://Paper.EXAMPLE/A", "https://paper.example/A"),
        ("https://paper.example./a", "https://paper.example/a"),
        ("https://paper.example:443/a", "https://paper.example/a"),
        ("http://paper.example:80/a", "http://paper.example/a"),
        ("http://paper.example:443/a", "http://paper.example:443/a"),
        ("https://paper.example:8443/a?b=c&d", "https://paper.example:8443/a?b=c&d"),
        ("https://paper.example?q", "https://paper.example/?q"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://报纸.example/要闻", "https://xn--4ruw83d.example/%E8%A6%81%E9%97%BB"),
        ("https://paper.example/a%20b#part", "https://paper.example/a%20b"),
        ("http://[0:0:0:0:0:0:0:1]:8400/", "http://[::1]:8400/"),
        ("http://127.0.0.1:8400/ap", "http://127.0.0.1:8400/ap"),
        ("http://①②⑦.0.0.1/", "http://127.0.0.1/"),
    ],
)
def test_30_a_place_has_one_spelling(text: str, one_spelling: str) -> None:
    assert str(urls.parse(text)) == one_spelling


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "scheme"),
        ("paper.example/a", "scheme"),
        ("//paper.example/a", "scheme"),
        ("ftp://paper.example/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("data:text/plain,x", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("https:///a", "host"),
        ("https://u:p@paper.example/", "password"),
        ("https://u@paper.example/", "password"),
        ("https://paper.example/a b", "control"),
        ("https://paper.example/\r\nX: y", "control"),
        ("https://paper.example/\x00", "control"),
        ("https://paper.example\\@evil.example/", "control"),
        ("https://paper.example:0/", "port"),
        ("https://paper.example:65536/", "Port"),
        ("https://paper.example:x/", "Port"),
        ("https://a..b/", "host"),
        ("https://-a/", "host"),
        ("https://.a/", "host"),
        ("https://[::1%25eth0]/", "not appear|zone|invalid|Invalid"),
        ("https://[zz]/", "not appear|valid"),
        ("https://paper.example/" + "a" * 2048, "longer"),
        ("https://" + "a." * 130 + "example/", "host"),
        ("https://paper.example/\ud800", "surrogates"),
    ],
)
def test_12_52_what_is_refused_and_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        urls.parse(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://paper.example/a", "HTTPS://PAPER.example.:443/b#c", True),
        ("https://paper.example/", "http://paper.example/", False),
        ("https://paper.example/", "https://paper.example:8443/", False),
        ("https://paper.example/", "https://a.paper.example/", False),
        ("https://paper.example/", "https://paper.example.evil.example/", False),
        ("nothing", "nothing", False),
    ],
)
def test_30_origins_are_compared_in_one_spelling(one: str, other: str, same: bool) -> None:
    assert urls.same_origin(one, other) is same


def test_a_fragment_is_part_of_an_id() -> None:
    assert urls.canonical("HTTPS://A.example/u#main-key") == "https://a.example/u#main-key"


@pytest.mark.parametrize(
    ("host", "one_spelling"),
    [
        ("Paper.Example", "paper.example"),
        ("paper.example:443", "paper.example"),
        ("127.0.0.1:8400", "127.0.0.1:8400"),
        ("a b", "a b"),
        ("evil@paper.example", "evil@paper.example"),
    ],
)
def test_30_host_headers_have_one_spelling(host: str, one_spelling: str) -> None:
    assert urls.netloc(host) == one_spelling


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://", "https://a.example/"]))
def test_one_spelling_stays_itself(rest: str, start: str) -> None:
    try:
        url = urls.parse(start + rest)
    except ValueError:
        return
    assert str(urls.parse(str(url))) == str(url)
    assert str(url).isascii()
