"""The WSGI application: published files and inboxes answered here, the rest by Flask behind.

Plain WSGI (PEP 3333), so that any server can run it. A feed answered in front of Flask costs a
small part of what a Flask route costs.
"""

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication

from bridge.web import create_app
from bridge.web.access import Door
from bridge.web.intake import Intake
from bridge.web.published import Published
from bridge.wiring import Bridge


class PublishedFiles:
    """The middleware: asks the output folder first, the application after."""

    def __init__(self, application: WSGIApplication, published: Published) -> None:
        """Take the application behind and the files in front."""
        self.application = application
        self.published = published

    def __call__(
        self, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request."""
        method = environ["REQUEST_METHOD"]
        answer = self.published.answer(method, environ.get("PATH_INFO", "") or "/", environ)
        if answer is None:
            return self.application(environ, start_response)
        start_response(answer.status, answer.headers)
        return [b"" if method == "HEAD" else answer.body]


class Inboxes:
    """The middleware that takes in activities; what it leaves is the application's behind."""

    def __init__(self, application: WSGIApplication, intake: Intake) -> None:
        """Take the application behind and what answers in front."""
        self.application = application
        self.intake = intake

    def __call__(
        self, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request."""
        answer = self.intake.answer(environ)
        if answer is None:
            return self.application(environ, start_response)
        start_response(answer.status, answer.headers)
        return [answer.body]


def application(bridge: Bridge) -> WSGIApplication:
    """Return the whole server for one bridge."""
    app = create_app(bridge)
    files = PublishedFiles(app.wsgi_app, app.extensions["published"])
    whole = Inboxes(files, Intake(bridge, app.extensions["inbox_throttle"]))
    return Door(whole, bridge) if bridge.site.mode == "reader" else whole
