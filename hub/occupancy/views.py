"""The pages of occupancy."""

from flask import Blueprint

pages = Blueprint("occupancy", __name__, template_folder="templates", url_prefix="/berichte/auslastung")
