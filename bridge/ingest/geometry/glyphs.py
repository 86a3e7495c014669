"""Code points as a PDF gives them: spaces, those that say nothing, those for others."""

SPELLED = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "ft",
    0xFB06: "st",
    0x02: "-",  # how pdfium marks a hyphen at the end of a line
    0xFFFE: "-",
}
"""Ligatures and signs that stand for other characters."""

BREAKS = frozenset([2, 9, 10, 13])
SPACES = frozenset([9, 10, 13, 32, 0xA0, 0x3000, *range(0x2000, 0x200B), 0x202F, 0x205F])
SILENT = frozenset(
    [
        *range(2),
        *range(3, 9),
        *range(14, 32),
        0x200B,
        0x200C,
        0x200D,
        0x200E,
        0x200F,
        0x2060,
        0xFEFF,
    ]
)
