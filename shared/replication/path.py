"""The places a replica stood at: few enough for a message, telling enough to find where histories part."""

from shared.replication.messages import Position

PATH_MAX = 32


def lengthened(path: tuple[Position, ...], place: Position) -> tuple[Position, ...]:
    """Add a place to the path, which rises and thins out towards the past.

    A walk adds nothing until it leaves known ground: rows it has not reached yet stand on the
    old part. Thinned out, 32 places reach back over any number of revisions, so a source
    restored from an old copy still finds a base not far below it.
    """
    if path and place.revision <= path[-1].revision:
        return path
    path = (*path, place)
    if len(path) <= PATH_MAX:
        return path
    least = min(range(1, len(path) - 1), key=lambda i: _gap(path, i))
    return path[:least] + path[least + 1 :]


def higher(known: Position, heard: Position) -> Position:
    """Return the place that proves more about the source's history; of one revision the one known first."""
    return heard if heard.revision > known.revision else known


def _gap(path: tuple[Position, ...], i: int) -> float:
    """Return how much resolution the path loses without its i-th place, in relation to its age."""
    return (path[i + 1].revision - path[i - 1].revision) / (path[-1].revision - path[i].revision + 1)
