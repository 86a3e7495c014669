"""What each observation is worth to the labeller, as log odds; the reasons stand beside them.

They were set by reasoning on print conventions and checked on pages of many house styles; none
of them knows a paper. 1 is a hint, 3 nearly settles a case, 6 settles it.
"""

# a line that looks like a heading
HEADING = {
    "plausible_length": 1.5,  # 4 to 30 characters, or 2 to 14 words
    "long": -0.6,  # 31 to 50 characters
    "very_long": -3.0,  # 51 to 70
    "too_long": -8.0,
    "tiny": 0.3,  # up to 3 characters: columns, but fragments too
    "stop": -4.0,  # headings carry no full stop
    "exclaims": -0.5,  # but they may ask and exclaim
    "soft": -5.0,  # a comma at the end wants more
    "colon": -2.5,
    "open": -3.5,  # `和`, `of`: nobody ends a heading so
    "hyphen": -8.0,
    "inner_stop": -3.0,
    "one_comma": -0.4,
    "two_commas": -1.6,
    "commas": -3.2,
    "phrases": 1.4,  # parts set apart by a space are display lines
    "unbalanced": -3.0,
    "closes": -4.0,  # closes a quotation it did not open: a fragment
    "reported": -1.5,  # headings quote behind a colon or in quotation marks
    "stub": -2.5,  # a clause hardly begun behind the last comma
    "numbered": 0.5,
    "mark": 1.5,  # a dash before a deck
    "led": 2.5,  # a dash behind a kicker
    "row": -1.5,
    "display": 1.0,  # Latin capitals
    "lower": -5.0,
    "bound": -5.0,
    "starts": -0.3,
    "speech": -1.0,
    "notice": 1.5,  # `公告`, `声明`
    "indent": -2.0,  # where paragraphs are indented, headings are not
}

# a line that looks like running text
BODY = {
    "stop": 1.0,
    "asks": -0.5,  # a short question is as often a headline
    "exclaims": 0.5,
    "inner_stop": 1.0,
    "long": 1.5,  # over 60 characters or 25 words
    "short_unfinished": -1.5,  # under 20 characters and no stop
    "scrap": -1.0,  # under 10, and no word that wants another
    "commas": 0.5,
    "indent": 1.0,
    "no_indent": -1.5,
    "display": -1.5,
    "phrases": -1.0,
}

# going on inside a story
JOIN_AFTER = {
    "hyphen": 4.0,
    "soft": 3.0,
    "open": 3.0,
    "none": 2.0,
    "colon": -2.0,
    "quote": 0.5,  # a sentence that ends in a quotation has its stop inside or behind
    "bracket": -1.5,
    "stop": -6.0,
}
PARAGRAPH_AFTER = {
    "hyphen": -8.0,
    "soft": -6.0,
    "open": -6.0,
    "none": -4.0,
    "colon": 0.5,
    "quote": -2.0,
    "bracket": 0.0,
    "stop": 0.5,
}
SUBHEAD_AFTER = {
    "hyphen": -8.0,
    "soft": -7.0,
    "open": -6.0,
    "none": -4.5,
    "colon": -2.0,
    "quote": -2.0,
    "bracket": -0.3,
    "stop": 0.0,
}
STORY_ENDS_AFTER = {
    "hyphen": -7.0,
    "soft": -4.2,
    "open": -4.2,
    "none": -3.6,  # truncated stories are rarer than column breaks, but they occur
    "colon": -2.0,
    "quote": -1.5,
    "bracket": 0.0,
    "stop": 0.0,
}

JOIN = {
    "lower": 2.0,
    "bound": 2.5,
    "closes": 2.5,  # closes what the fragment before left open
    "word": 1.6,  # the cut went through a word
    "capital": -0.7,
    "starts": -0.8,
    "indent": -4.0,
    "speech": -2.0,
    "closed": -5.0,
    "unfinished": -0.3,
    "after_scrap": -0.7,
    "novel": 0.8,  # a short line over a text about something new is no fragment
    "scrap": -1.5,  # a whole column is longer than a few characters
}

STORY = {
    "new": -1.5,  # a story begins far less often than a paragraph
    "column": -3.0,  # a column's title is furniture, but it ends the story above
    "wide_gap": 1.0,  # more blank lines than usual: another frame
    "in_column": 1.0,  # among briefs every heading is a new story
    "after_close": 1.0,  # the story above signed off
    "heading_only": -5.0,  # a heading with nothing under it
    "byline_only": -4.0,
    "subhead_only": -4.0,
    "same_frame": 0.5,
    "hardly_begun": -0.8,  # kicker, headline and byline promise a long story
    "inside_frame": -1.0,  # where blank lines part stories, none begins without one
}

RUN = (0.0, 0.0, 0.0, -0.5, -2.5, -5.0, -8.0)
"""A heading as the nth of a run: banner, kicker, headline and deck make four."""

FIRST = {
    "lead_in": 4.0,
    "unsigned": -1.0,
    "in_column": 1.0,
    "substantial": 1.0,  # ends with a stop and is no scrap
    "scrap": -2.5,  # a story does not begin with a few words and a column break
    "after_byline": 2.0,
    "headless": -5.0,
    "headless_lead_in": -3.5,
    "in_column_lead_in": 0.0,
    "lead_in_inside": -6.0,  # a second lead-in belongs to a second story
}

SUBHEAD = {
    "base": -1.0,
    "again": 1.2,  # where there is one there are more
    "other_make": -2.0,  # numbered, then not: no subhead of this story
    "signed": 0.3,
    "unsigned": -0.5,
    "phrases": -0.6,
    "in_column": -3.0,
    "closed": -6.0,
    "wide_gap": -0.7,
    "long": -0.8,  # over 18 characters or 4 words: more like a headline
    "very_long": -1.8,  # over 24 characters or 7 words
    "shorter": 0.7,  # than the page's headlines
    "as_long": -0.4,
    "parallel": 1.0,  # another line near by is made alike
    "quoted": 0.9,  # somebody's words and nothing else
    "numbered": 2.5,  # `一、`, `（二）`, `03`
    "early": -0.8,  # hardly any text stands before it
    "late": 0.5,  # a long story wants them
    "notice": -4.0,
    "before_rows": -2.5,
    "before_credit": -1.0,  # a headline, one paragraph and a credit are a brief
}
EARLY, LATE = 80, 300
"""Characters of text after which a subhead is no longer early, and when it is wanted."""

DISPLAY = 30  # characters of the usual headline
NOVEL = 0.8  # how far the words of the text below and above decide
SIGNED_TWICE = -5.5  # a story is signed at its head or at its end
BYLINE_AFTER_HEADING = 2.0
BYLINE_ELSEWHERE = -4.0
SIGN_OFF_UNSIGNED = 1.0
TAIL_UNSIGNED = 1.0
ROW_AFTER_COLON = 1.0
STANDALONE_PHOTO = 0.5
PHOTO_WITHOUT_HEAD = -2.0  # a picture of its own mostly has a headline
SIGNED_NOTICE = 2.5  # notices end with the name of who gives notice
PHOTO_HEADLINE = 2.5  # nothing but a picture stands under it
HEADING_IN_WORD = -2.4  # the line above ends in the middle of a word
PULL_QUOTE = 2.0
POEM = 1.5  # a poem of several has a title of its own
