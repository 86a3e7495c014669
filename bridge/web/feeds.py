"""Published files through Flask: the fallback where no middleware stands in front."""

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import NotFound

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
