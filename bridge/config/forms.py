"""The kinds of text a key may hold, as pydantic types.

A model keeps the text as it stands in the file, checked here; `bridge.config.build` turns it
into its value. So a default is written the same way in the model, the file and the schema.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, Strict
from pydantic_core import CoreSchema, core_schema

from bridge.config import cron, names, quantities
from bridge.config.wording import RefusedError, quoted
from bridge.model import urls


@dataclass(frozen=True, slots=True)
class Written:
    """A text that `read` understands; `kind` and `example` are for messages and docs."""

    kind: str
    example: str
    read: Callable[[str], object]
    pattern: str | None = None  # for editors, so never narrower than `read`

    def __get_pydantic_core_schema__(
        self, source: type[str], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check with `read`, keep the text."""
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the text for editors."""
        pattern = {"pattern": f"^({self.pattern})$"} if self.pattern else {}
        return {"type": "string", **pattern, "examples": [self.example]}

    def check(self, value: object) -> str:
        """Return the text unchanged; RefusedError when it is none, or `read` refuses it."""
        if not isinstance(value, str):
            raise RefusedError(f"must be {self.kind} in quotes", f'such as "{self.example}"')
        self.read(value)
        return value


@dataclass(frozen=True, slots=True)
class Within:
    """Bounds of a duration or size, both included."""

    low: str
    high: str

    def __get_pydantic_core_schema__(
        self, source: type[str], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check after the form has been."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def check(self, text: str) -> str:
        """Return the text unchanged; RefusedError when it is too little or too much."""
        low, value, high = (self._amount(part) for part in (self.low, text, self.high))
        if not low <= value <= high:
            raise RefusedError(f"{quoted(text)} is not within {self.low} to {self.high}")
        return text

    def _amount(self, text: str) -> float:
        """Return bytes or seconds, whichever the bounds are."""
        if self.low.endswith("B"):
            return quantities.parse_size(text)
        return quantities.parse_duration(text).total_seconds()


def _line(text: str) -> None:
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text):
        raise RefusedError("must be one line of text")


def _title(text: str) -> None:
    _line(text)
    if not text.strip():
        raise RefusedError("must not be empty")


def _path(text: str) -> None:
    _title(text)
    if text.startswith("~"):
        raise RefusedError(
            f'{quoted(text)} starts with "~"', "write the folder out: it is not expanded"
        )


def _secret(text: str) -> None:
    if not text.strip() or not text.isprintable():
        raise RefusedError("must be one line of text, and not empty")  # and is never shown


def _place(text: str) -> None:
    _path(text)
    if names.is_bucket(text):
        names.parse_bucket(text)


def _url(text: str) -> None:
    try:
        urls.parse(text)
    except ValueError as error:
        raise RefusedError(f"is no web address: {error}") from error


Duration = Annotated[str, Written("a duration", "15m", quantities.parse_duration)]
Size = Annotated[str, Written("a size", "20MB", quantities.parse_size)]
Slug = Annotated[
    str, Written("a short name", "yaowen", names.parse_slug, "[a-z0-9][a-z0-9-]{0,39}")
]
Hour = Annotated[
    str, Written("a time of day", "05:30", names.parse_hour, "([01][0-9]|2[0-3]):[0-5][0-9]")
]
Hours = Annotated[
    str,
    Written(
        "a span of hours",
        "22:00-06:30",
        names.parse_hours,
        "([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]",
    ),
]
Template = Annotated[
    str, Written("a template", "**{headline}**\n\n{link}", names.parse_template)
]
Query = Annotated[str, Written("a search", "渡口 OR 码头", names.parse_query)]
Zone = Annotated[str, Written("a time zone", "Asia/Shanghai", names.parse_zone)]
Language = Annotated[str, Written("a language tag", "zh-Hans", names.parse_language)]
Authority = Annotated[
    str, Written("a host name or mail address", "example.org", names.parse_authority)
]
BaseUrl = Annotated[
    str,
    Written("a URL", "https://feeds.example.org", names.parse_base_url, "https?://[^/?#@]+"),
]
Host = Annotated[str, Written("an address", "127.0.0.1", names.parse_host)]
Network = Annotated[str, Written("a network", "10.0.0.0/8", names.parse_network)]
Allowed = Annotated[
    str, Written("a network, with or without a port", "127.0.0.1:8080", names.parse_allowed)
]
Database = Annotated[
    str, Written("a database URL", "sqlite:///data/broadsheet.db", names.parse_database)
]
Cron = Annotated[str, Written("a cron expression", "30 5 * * *", cron.parse_cron)]
Path = Annotated[str, Written("a path", "incoming/example", _path)]
Place = Annotated[str, Written("a path or a bucket's URL", "s3://example-feeds/paper", _place)]
Endpoint = Annotated[
    str, Written("a server's URL", "https://s3.example.net", names.parse_endpoint)
]
Secret = Annotated[str, Written("a secret", "…", _secret)]
Title = Annotated[str, Written("a title", "Example Daily", _title)]
Text = Annotated[str, Written("a text", "A1", _title)]
Line = Annotated[str, Written("a line of text", "anything on one line", _line)]

# TOML gives lists; pydantic's strict mode would take nothing but tuples.
Texts = Annotated[tuple[Text, ...], Strict(False)]
Urls = Annotated[
    tuple[Annotated[str, Written("a URL", "https://old.example.org/users/example", _url)], ...],
    Strict(False),
]
Networks = Annotated[tuple[Network, ...], Strict(False)]
AllowedNetworks = Annotated[tuple[Allowed, ...], Strict(False)]
