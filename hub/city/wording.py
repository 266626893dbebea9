"""What is wrong with a file of shapes, in words that say what to do."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.city.geojson import BadFile, Trouble

TROUBLES: Mapping[Trouble, Any] = {
    Trouble.TOO_LARGE: _l(
        "The file is larger than 5 MB. Please simplify the shapes before, or send districts and quarters separately."
    ),
    Trouble.NOT_JSON: _l(
        "This is no GeoJSON. Please choose a file that ends in .geojson or .json; QGIS turns a shapefile into one."
    ),
    Trouble.NOT_A_COLLECTION: _l(
        "This is no collection of areas. Please export a whole layer as GeoJSON (a “FeatureCollection”)."
    ),
    Trouble.EMPTY: _l("There are no areas in the file."),
    Trouble.TOO_MANY_AREAS: _l("There are more than 300 areas in the file. Are they districts or quarters?"),
    Trouble.TOO_MANY_POINTS: _l("The shapes have too many points. Please simplify them before, to a few metres."),
    Trouble.NO_NAMES: _l("None of the areas has a name. Please export the layer with its names (“properties”)."),
    Trouble.PROJECTED: _l(
        "The coordinates are metres of a grid (UTM or Gauß-Krüger). Please export the layer in WGS 84 (EPSG:4326)."
    ),
    Trouble.NOT_A_POLYGON: _l("That is no area but a point, a line, or something else. Please send areas only."),
    Trouble.BAD_COORDINATES: _l("Its coordinates cannot be read."),
    Trouble.OUT_OF_RANGE: _l("Its coordinates are not on the earth. Longitude comes first, then latitude."),
    Trouble.TOO_FEW_POINTS: _l("Its outline has fewer than three points."),
    Trouble.NO_AREA: _l("Its outline encloses nothing."),
}


def in_words(refusal: BadFile) -> list[str]:
    """Return the sentences that stand beside the field of the file."""
    told = str(TROUBLES[refusal.trouble])
    if not refusal.where:
        return [str(_("Nothing was taken from the file.")), told]
    return [
        str(_("Nothing was taken from the file.")),
        str(_("Area %(number)s of the file:", number=refusal.where)),
        told,
    ]
