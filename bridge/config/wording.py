"""How a refused value is told: what is wrong with it, and how to write it."""

LONGEST = 60


class RefusedError(ValueError):
    """A text is not of the form it should have."""

    def __init__(self, what: str, hint: str = "") -> None:
        """Take what is wrong, and how to write it."""
        super().__init__(f"{what}; {hint}" if hint else what)
        self.what, self.hint = what, hint


def quoted(value: object) -> str:
    """Return a value as it stands in TOML, on one line and cut when long."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    text = visible(str(value))
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return f'"{text}"' if isinstance(value, str) else text


def visible(text: str) -> str:
    """Return text with nothing in it that a terminal would obey, as long as it was."""
    return "".join(
        character if character.isprintable() or character in "\t\u3000" else "\ufffd"
        for character in text
    )
