"""Acknowledging an alarm, and the rules by which something is one."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from wtforms import BooleanField, IntegerField, TextAreaField
from wtforms.validators import NumberRange

from hub.alarms.kinds import NATURES, Kind, Rule
from hub.alarms.models import NOTE_LENGTH_MAX
from hub.alarms.wording import TITLES
from shared.web.forms import Form, TimeField15, at_most, needed

UNITS: Mapping[str, Any] = {
    "hours": _l("From how many hours"),
    "records": _l("From how many records"),
    "days": _l("From how many days"),
    "minutes": _l("From how many minutes"),
    "times": _l("From how many times in a row"),
}


class NoteForm(Form):
    """Who acknowledges an alarm may say what is being done."""

    note = TextAreaField(lazy_pgettext("alarm", "Note"), [at_most(NOTE_LENGTH_MAX)], default="")


class RulesForm(Form):
    """A box and, where there is something to measure, a number for each kind; and the quiet hours."""

    quiet_from = TimeField15(_l("Quiet from"), empty=_l("no quiet hours"))
    quiet_until = TimeField15(_l("Quiet until"), empty=_l("no quiet hours"))

    def fill(self, rules: Mapping[Kind, Rule], quiet: tuple[time, time] | None) -> None:
        """Show what holds now."""
        for kind, rule in rules.items():
            self[f"{kind.value}_active"].data = rule.active
            if NATURES[kind].unit:
                self[f"{kind.value}_threshold"].data = rule.threshold
        self.quiet_from.data, self.quiet_until.data = quiet or (None, None)

    @property
    def rules(self) -> dict[Kind, Rule]:
        """What was entered."""
        return {
            kind: Rule(
                bool(self[f"{kind.value}_active"].data),
                self[f"{kind.value}_threshold"].data if nature.unit else nature.usual,
            )
            for kind, nature in NATURES.items()
        }

    @property
    def quiet(self) -> tuple[time, time] | None:
        """The quiet hours; None unless both ends were chosen."""
        starts, ends = self.quiet_from.data, self.quiet_until.data
        return None if starts is None or ends is None else (starts, ends)


for _kind, _nature in NATURES.items():
    setattr(RulesForm, f"{_kind.value}_active", BooleanField(TITLES[_kind]))
    if _nature.unit:
        _checks = [needed(), NumberRange(0, _nature.most, _l("Please choose a number from %(min)s to %(max)s."))]
        setattr(RulesForm, f"{_kind.value}_threshold", IntegerField(UNITS[_nature.unit], _checks))
