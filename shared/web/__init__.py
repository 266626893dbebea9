"""What both sites look like and how they guard themselves.

Read `site` first: `equip(app, site)` gives a Flask app the shell, the languages, the
security headers, sign-in sessions and the error pages. A feature then needs only
`navigation.add`, `forms.Form`, the macros of `macros.html` and the filters of `filters`.

Rule: nothing here knows a feature, a table of records, or on which side it runs.
"""

from shared.web.site import zone

__all__ = ["zone"]
