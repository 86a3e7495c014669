"""Flask with one bare route for each method, and nothing around it."""

from flask import Flask, request

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """Answer with two bytes."""
    return "ok"


@app.post("/")
def take() -> tuple[str, int]:
    """Read the body and answer 202."""
    request.get_data()
    return "", 202
