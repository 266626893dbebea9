"""Messages as sensors send them."""

import json
from typing import Any


def message(message_id: str, came_in: int, out: Any = 0, counted_at: Any = "2026-11-23T14:20:00Z") -> dict[str, Any]:
    """One count, of twenty past two unless said otherwise."""
    return {"id": message_id, "counted_at": counted_at, "in": came_in, "out": out}


def body(*messages: object) -> bytes:
    """One message as it is, several as a list."""
    return json.dumps(messages[0] if len(messages) == 1 else list(messages)).encode()
