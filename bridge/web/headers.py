"""Headers that go with every answer; those of a kind of file: `bridge.publish.filetypes`.

Security no. 85: nothing on a page may load, run or frame anything that is not ours.
"""

SECURITY = (
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "interest-cohort=(), browsing-topics=()"),
)
"""On every answer of the server, errors included."""

PRIVATE = (("X-Robots-Tag", "noindex, noarchive"),)
"""In reader mode as well."""
