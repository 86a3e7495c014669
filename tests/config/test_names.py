"""Names and addresses in the configuration, good and bad."""

import contextlib
import datetime as dt
import ipaddress
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.config import names
from bridge.config.wording import RefusedError
from bridge.model.addresses import RESERVED


def refusal(read: Callable[[str], object], text: str) -> tuple[str, str]:
    with pytest.raises(RefusedError) as caught:
        read(text)
    return caught.value.what, caught.value.hint


@pytest.mark.parametrize("text", ["yaowen", "a1", "1st-page", "x" * 40])
def test_a_slug_is_taken(text: str) -> None:
    assert names.parse_slug(text) == text


@pytest.mark.parametrize(
    "text", ["", "要闻", "Yaowen", "-a", "a_b", "a b", "a.b", "../a", "a\n", "x" * 41]
)
def test_a_slug_is_refused(text: str) -> None:
    assert refusal(names.parse_slug, text)[1] == 'a-z, 0-9 and "-", at most 40 characters'


@pytest.mark.parametrize("text", sorted(RESERVED))
def test_a_reserved_name_is_refused(text: str) -> None:
    """Security no. 70: an article's folder and a section's are never the same."""
    assert "reserved" in refusal(names.parse_slug, text)[0]


def test_an_hour_is_read() -> None:
    assert names.parse_hour("05:30") == dt.time(5, 30)
    assert names.parse_hour("23:59") == dt.time(23, 59)


@pytest.mark.parametrize("text", ["5:30", "24:00", "05:60", "05:30:00", "0530", "", "０５:30"])
def test_an_hour_is_refused(text: str) -> None:
    assert refusal(names.parse_hour, text)[1] == 'such as "05:30"'


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Asia/Shangai", 'did you mean "Asia/Shanghai"?'),
        ("asia/shanghai", 'did you mean "Asia/Shanghai"?'),
        ("America/New York", 'did you mean "America/New_York"?'),
        ("Beijing", 'such as "Asia/Shanghai"'),
        ("+08:00", 'such as "Asia/Shanghai"'),
        ("", 'such as "Asia/Shanghai"'),
        ("../etc/passwd", 'such as "Asia/Shanghai"'),
    ],
)
def test_a_time_zone_is_refused(text: str, hint: str) -> None:
    assert refusal(names.parse_zone, text)[1] == hint


@pytest.mark.parametrize(
    ("text", "usual"),
    [
        ("en", "en"),
        ("zh-hans", "zh-Hans"),
        ("ZH-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("de-ch-1996", "de-CH-1996"),
    ],
)
def test_a_language_gets_its_usual_spelling(text: str, usual: str) -> None:
    assert names.parse_language(text) == usual


@pytest.mark.parametrize("text", ["", "chinese", "zh_CN", "zh-", "z", "中文"])
def test_a_language_is_refused(text: str) -> None:
    assert refusal(names.parse_language, text)[1] == 'such as "zh-Hans" or "en"'


@pytest.mark.parametrize("text", ["example.org", "desk@example.org", "localhost"])
def test_an_authority_is_taken(text: str) -> None:
    assert names.parse_authority(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "127.0.0.1",
        "https://example.org",
        "example.org:80",
        "Example.org",
        "@example.org",
        "报.cn",
        "a b@example.org",
        "example.org,2026",
        "-a.org",
        "a..b",
    ],
)
def test_an_authority_is_refused(text: str) -> None:
    assert "neither a host name nor a mail address" in refusal(names.parse_authority, text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "https://feeds.example.org",
        "http://127.0.0.1:8400",
        "http://[::1]:8400",
        "https://xn--fiq228c.example",
        "https://feeds.example.org:8443",
    ],
)
def test_a_base_url_is_taken(text: str) -> None:
    assert names.parse_base_url(text) == text


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("https://a.org/", "ends in a slash", 'write "https://a.org"'),
        ("https://a.org/news", "is more than scheme and host", 'write "https://a.org"'),
        ("https://a.org?x", "is more than scheme and host", 'write "https://a.org"'),
        ("https://a.org#x", "is more than scheme and host", 'write "https://a.org"'),
        ("https://a.org:443", "is not in its plain form", 'write "https://a.org"'),
        ("https://A.org", "is not in its plain form", 'write "https://a.org"'),
        ("HTTPS://a.org", "is not in its plain form", 'write "https://a.org"'),
        ("https://a.org.", "is not in its plain form", 'write "https://a.org"'),
        ("https://报.example", "is not in its plain form", 'write "https://xn--4ru.example"'),
        ("https://me:pw@a.org", "user name or password", ""),
        ("ftp://a.org", "is not http or https", ""),
        ("a.org", "is not http or https", ""),
        ("https://", "no host name", ""),
        ("https://a.org:99999", "Port out of range", ""),
        ("https://a b.org", "a space", ""),
        ("https://127.1", "no usable host name", ""),
        ("https://a_b.org", "no usable host name", ""),
        ("", "is not http or https", ""),
    ],
)
def test_a_base_url_is_refused(text: str, what: str, hint: str) -> None:
    told = refusal(names.parse_base_url, text)
    assert what in told[0]
    assert told[1] == hint or not hint


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("192.168.1.5", True),
        ("localhost", True),
        ("feeds.test", True),
        ("nas.local", True),
        ("paper.onion", True),
        ("8.8.8.8", False),
        ("example.org", False),
        ("localhost.example.org", False),
        ("contest", False),
    ],
)
def test_a_private_host_is_told(host: str, private: bool) -> None:
    assert names.is_private(host) is private


@pytest.mark.parametrize(
    ("text", "network", "port"),
    [
        ("10.0.0.0/8", "10.0.0.0/8", None),
        ("127.0.0.1", "127.0.0.1/32", None),
        ("127.0.0.1:8080", "127.0.0.1/32", 8080),
        ("10.0.0.0/8:443", "10.0.0.0/8", 443),
        ("::1", "::1/128", None),
        ("[::1]:443", "::1/128", 443),
        ("fd00::/8", "fd00::/8", None),
    ],
)
def test_a_network_is_read(text: str, network: str, port: int | None) -> None:
    allowed = names.parse_allowed(text)
    assert (allowed.network, allowed.port) == (ipaddress.ip_network(network), port)


@pytest.mark.parametrize(
    "text", ["", "all", "10.0.0.1/8", "10.0.0.0/33", "127.0.0.1:0", "127.0.0.1:70000", "[::1]"]
)
def test_a_network_is_refused(text: str) -> None:
    """Security no. 48: an exception is a network and a port, never a switch."""
    assert refusal(names.parse_allowed, text)


@pytest.mark.parametrize("text", ["", "mysql://h/d", "sqlite://", "sqlite:///", "h/d"])
def test_a_database_is_refused_without_being_shown(text: str) -> None:
    what, _ = refusal(names.parse_database, text)
    assert what == "is no URL of a database that can be used"


READERS = (
    names.parse_slug,
    names.parse_hour,
    names.parse_language,
    names.parse_authority,
    names.parse_base_url,
    names.parse_allowed,
    names.parse_host,
    names.parse_database,
)


@given(st.sampled_from(READERS), st.text(max_size=20))
def test_any_text_is_read_or_refused(read: Callable[[str], object], text: str) -> None:
    with contextlib.suppress(RefusedError):
        read(text)
