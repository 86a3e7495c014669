"""How templates are read, for pages and books alike."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from bridge.publish.text import clean


def environment(package: str) -> Environment:
    """Return what renders a package's templates: everything escaped, nothing undefined.

    Characters that XML forbids are taken out of every text.
    """
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: clean(value) if type(value) is str else value,
    )
