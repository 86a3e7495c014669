"""What is known about a piece before it has a label."""

from dataclasses import dataclass

from bridge.ingest.segment.leadins import LeadIn
from bridge.ingest.segment.marks import End
from bridge.ingest.segment.people import Persons
from bridge.ingest.segment.photos import CaptionFound
from bridge.ingest.segment.pieces import Piece
from bridge.model import Kind

SHORT = 80
"""Characters up to which a piece may be a heading, a byline, a marker or furniture."""


@dataclass(slots=True, kw_only=True)
class Features:
    """One piece, as seen alone (`features`) and among its neighbours (`context`)."""

    piece: Piece
    size: int  # characters, a Latin word counting as two
    end: End
    stops: int  # sentence stops inside
    asks: int  # those of them that ask or exclaim
    commas: int
    lower: bool  # begins with a small Latin letter
    bound: bool  # cannot begin a text
    starts: bool  # begins as sentences like to
    open: bool  # a quotation mark or bracket stays open
    closes: bool  # closes one it did not open
    lead_in: LeadIn | None = None
    persons: Persons | None = None
    title_line: bool = False  # may be the second line of an English byline
    caption: CaptionFound | None = None
    jump_to: str | None = None
    jump_from: str | None = None
    tail: bool = False  # ends with a credit in brackets
    signoff: bool = False  # all of it credits the story above
    sender: bool = False  # may sign a letter: a name and a place
    signature: bool = False  # an office or house that signs a notice
    bare_name: bool = False  # nothing but a name
    led: bool = False  # ends with the dash of a kicker
    pulled: bool = False  # a quotation set apart
    verse: bool = False  # a line of a poem
    titles_verse: bool = False  # a short line over a poem
    over_photo: bool = False  # only a picture's caption stands under it
    parallel: bool = False  # made like another short line near by
    novel: float = 0.0  # log odds that the text below is another story's than the text above
    speech: str | None = None  # the speaker, of a paragraph that names one
    question: bool = False
    answer: bool = False
    row: int = 0  # fields of a list's row
    column: Kind | None = None
    groups: bool = False  # the column holds several stories
    furniture: bool = False
    advert: bool = False
    numbered: bool = False
    notice: bool = False  # a headline that makes a notice
    phrases: int = 1  # parts set apart by spaces, as in display lines
    display: bool = False  # Latin capitals or title case
    quoted: bool = False  # all of it is a quotation
    stub: bool = False  # a clause hardly begun behind the last comma
    reported: bool = False  # somebody says something, without quotation marks
    mark: bool = False  # begins with a dash or a sign as decks do
