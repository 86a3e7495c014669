"""Published files through Flask: the fallback where no middleware stands in front."""

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from bridge.web.published import Published

blueprint = Blueprint("feeds", __name__)


@blueprint.route("/", defaults={"path": ""}, provide_automatic_options=False)
@blueprint.route("/<path:path>", provide_automatic_options=False)
def file(path: str) -> Response:
    """Answer with a published file; 404 where there is none."""
    published: Published = current_app.extensions["published"]
    answer = published.answer(request.method, f"/{path}", request.environ)
    if answer is None:
        raise NotFound
    return Response(answer.body, status=answer.status, headers=answer.headers)


def leads_nowhere(error: MethodNotAllowed) -> bool:
    """Tell whether a refused method was asked of nothing: this room's rule fits every path."""
    if not set(error.valid_methods or ()) <= {"GET", "HEAD", "OPTIONS"}:
        return False
    adapter = current_app.url_map.bind_to_environ(request.environ)
    published: Published = current_app.extensions["published"]
    return (
        adapter.match(method="GET")[0] == f"{blueprint.name}.{file.__name__}"
        and published.answer("GET", request.path, {}) is None
    )
