"""Messages on one line each, for the trace of a seed that failed."""

from shared.replication.messages import Batch, Check, Cursor, Message


def brief(message: Message) -> str:
    """Return what a reader of a trace needs of a message."""
    number = message.generation.number
    match message:
        case Batch():
            changes = " ".join(f"{c.id}@{c.revision}{c.operation[0]}{c.payload or ''}" for c in message.changes)
            steps = f"{message.after.revision}->{message.upto.revision}"
            return f"batch g{number} {steps} head {message.head.revision} floor {message.floor} [{changes}]"
        case Cursor():
            path = [place.revision for place in message.path]
            stands = f"{message.position.revision} highest {message.highest.revision} floor {message.floor}"
            return f"cursor g{number} at {stands} seq {message.sequence} path {path}"
        case Check():
            return f"check g{number} at {message.at.revision} floor {message.floor}"
        case _:
            base = message.base.revision if message.base else None
            restart = f" restart {message.restart.revision}" if message.restart else ""
            return f"hello g{number} head {message.head.revision} floor {message.floor} base {base}{restart}"
