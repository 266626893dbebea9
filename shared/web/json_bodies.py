"""JSON that somebody sends. The standard library's reader goes as deep as it is told, and reads any number of digits.

Rule: a body that cannot be read is malformed (ValueError), never a mistake of ours.
"""

from typing import Any

import orjson
from flask import Flask
from flask.json.provider import DefaultJSONProvider


class StrictJson(DefaultJSONProvider):
    """Flask's own, but for what comes in: at most 1024 deep, no NaN, whole numbers of 64 bits."""

    def loads(self, s: str | bytes, **options: Any) -> Any:
        return orjson.loads(s)


def equip(app: Flask) -> None:
    app.json = StrictJson(app)
