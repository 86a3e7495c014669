"""The errors of the house: each says what happened, where, why and what to do next.

Every class carries the exit code its command ends with, so that `cli` maps in one place:
0 done, 1 failed, 2 unusable input, 3 partly, 10 config invalid, 11 data folder held by
another daemon, 12 database needs an upgrade.
"""


class BridgeError(Exception):
    """Something failed in a way a person can act on."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", why: str = "", hint: str = "") -> None:
        """Keep the four parts apart, so that each output can lay them out its own way."""
        super().__init__(what)
        self.what, self.where, self.why, self.hint = what, where, why, hint

    def __str__(self) -> str:
        """Give one line: where, what, why and what next."""
        text = f"{self.where}: {self.what}" if self.where else self.what
        if self.why:
            text += f" ({self.why})"
        return f"{text}; {self.hint}" if self.hint else text


class UserError(BridgeError):
    """Several problems found in one pass; all of them are told at once."""

    exit_code = 2

    def __init__(self, what: str, problems: tuple[str, ...], *, hint: str = "") -> None:
        """Take one line per problem."""
        super().__init__(what, hint=hint)
        self.problems = problems

    def __str__(self) -> str:
        """Give the heading and one line per problem."""
        return "\n".join((super().__str__(), *self.problems))


class ConfigError(UserError):
    """The configuration does not load."""

    exit_code = 10


class FormatError(BridgeError):
    """A document cannot be read as an edition, or holds no article."""

    exit_code = 2

    def __init__(self, what: str, *, code: str, where: str = "", hint: str = "") -> None:
        """Take `code`, a stable word such as `empty`, `binary`, `no-date`, `no-article`."""
        super().__init__(what, where=where, hint=hint)
        self.code = code


class StoreError(BridgeError):
    """The database cannot be used at the moment; what was to be written was not."""


class OutputError(StoreError):
    """The place of the published files cannot be used at the moment; what stands there stays.

    It waits like the database does: whatever a task wanted to write, it tries again.
    """


class HeldError(BridgeError):
    """Another daemon holds the data folder."""

    exit_code = 11


class UpgradeError(BridgeError):
    """The database is older or newer than this program."""

    exit_code = 12


class SignatureError(BridgeError):
    """A request is not signed by whom it says, or not signed well."""


class RemoteError(BridgeError):
    """Another server could not be reached or gave an unusable answer."""

    def __init__(
        self,
        what: str,
        *,
        transient: bool,
        status: int | None = None,
        where: str = "",
        why: str = "",
    ) -> None:
        """Take `transient`: whether trying again later can help."""
        super().__init__(what, where=where, why=why)
        self.transient, self.status = transient, status


class AddressError(RemoteError):
    """A URL leads to an address or scheme that outgoing requests may not use."""

    def __init__(self, what: str, *, where: str = "", why: str = "") -> None:
        """Such a refusal is final: the address does not become allowed by waiting."""
        super().__init__(what, transient=False, where=where, why=why)


class ActivityError(BridgeError):
    """An activity that came in has no usable shape; its sender is told 400."""
