"""An amount of money in a form, as people write it."""

from flask_babel import gettext as _
from wtforms import StringField

EUROS_MAX = 100_000


class MoneyField(StringField):  # type: ignore[misc]
    """An amount in euros as people write it (50, 12,50, 1.200,00); `data` is cents, None if empty."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; ValueError tells how to write it."""
        typed = (valuelist[0] if valuelist else "").strip().removesuffix("€").strip()
        self.data = None
        if not typed:
            return
        digits = typed.replace(".", "").replace(",", ".") if "," in typed else typed
        try:
            euros = float(digits)
        except ValueError as error:
            raise ValueError(_("Please enter an amount like 12,50.")) from error
        if not 0 <= euros <= EUROS_MAX:
            raise ValueError(_("Please enter an amount like 12,50."))
        self.data = round(euros * 100)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data / 100:.2f}".replace(".", ",")
