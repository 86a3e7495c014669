"""Pure layout analysis: from words with boxes to the parts of a page that tell one story.

`layout` is the face; nothing here knows PDF, and nothing depends on the order of drawing.
"""
