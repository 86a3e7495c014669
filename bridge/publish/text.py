"""Text made fit for any output: no character that XML, HTML or JSON refuses, no broken URL.

One bad character in one headline would otherwise cost a whole feed (security nos. 66 and 67);
XML 1.0 §2.2 says which characters exist, RFC 3986 what a URL may hold.
"""

import re
from urllib.parse import quote, urlsplit, urlunsplit

_ILLEGAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f"  # C0 but tab, line feed and carriage return
    "\x7f-\x9f"  # DEL and C1
    "\ud800-\udfff"  # lone surrogates
    "\u202a-\u202e"  # embeddings and overrides of direction reach beyond their text
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
    + "".join(
        chr(plane + 0xFFFE) + chr(plane + 0xFFFF) for plane in range(0x10000, 0x110000, 0x10000)
    )
    + "]"
)
_SPACES = re.compile(r"[\t\n\r ]+")


def clean(text: str) -> str:
    """Return the text without the characters that outputs cannot hold; line ends become LF."""
    if text.isprintable():  # one fast pass over what nearly all newspaper text is
        return text
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def line(text: str) -> str:
    """Return the text cleaned and on one line, for titles and names."""
    if text.isprintable() and "  " not in text and text[:1] != " " != text[-1:]:
        return text
    return _SPACES.sub(" ", clean(text)).strip(" ")


def uri(iri: str) -> str:
    """Return a URL with everything outside ASCII percent-encoded, the host as IDNA."""
    if iri.isascii() and " " not in iri:
        return iri
    parts = urlsplit(iri)
    netloc = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    safe = "/%:@!$&'()*+,;=~-._"
    return urlunsplit(
        parts._replace(
            netloc=netloc,
            path=quote(parts.path, safe=safe),
            query=quote(parts.query, safe=safe + "?[]"),
            fragment=quote(parts.fragment, safe=safe + "?"),
        )
    )
