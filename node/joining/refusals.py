"""Why a machine could not join. Each says what to do now, and whether the code can still be used."""

from shared.errors import Refusal
from shared.joining.letters import Outcome


class NoAnswer(Refusal):
    """The hub gave no answer that counts; `reason` is a word of `_SAID`.

    `may_have_arrived` tells whether the hub may have taken the request all the same: then this machine,
    and only this one, can ask again with the same code for some minutes.
    """

    _SAID = {  # noqa: RUF012 (never changed)
        "unreachable": "the city's hub cannot be reached. Is this machine online, and the address in the code right?",
        "silent": "the city's hub did not answer in time.",
        "certificate": "the certificate at the address of the code is not valid for it. Is the clock of this machine "
        "right? Ask the city before you go on.",
        "moved": "the address in the code leads on to another one. Ask the city for a code with the right address.",
        "not a hub": "at the address in the code is no hub of Stadtherz. Please compare the address.",
        "busy": "there were too many attempts. Please wait a minute.",
        "broken": "the city's hub could not finish what it began. Please tell the city.",
        "forged": "the answer was altered on the way, or another server pretends to be the city's hub. Nothing of it "
        "was used. Please ask the city, best by telephone.",
    }

    def __init__(self, reason: str, *, may_have_arrived: bool = False) -> None:
        again = "Try again with the same code: it stays valid, or works on this machine for a quarter of an hour."
        super().__init__(f"{self._SAID[reason]} {again}")
        self.reason, self.may_have_arrived = reason, may_have_arrived


class JoinRefused(Refusal):
    """The hub said no. `outcome` is why, `said` what it said beside it."""

    _SAID = {  # noqa: RUF012 (never changed)
        Outcome.UNKNOWN: "the city does not know this code. Please compare it letter by letter.",
        Outcome.EXPIRED: "this code has expired. Please ask the city for a new one.",
        Outcome.WITHDRAWN: "the city took this code back. Please ask for a new one.",
        Outcome.USED: "this code was used already, on {used_at} by the installation {fingerprint}. If that was not "
        "you, call the city at once and tell these letters: somebody else may have joined in your place.",
        Outcome.OTHER_CENTRE: "this code is for the centre {centre_id} in the network of {city}, and this machine "
        "keeps another centre. Ask the city for a code for this one; nothing was changed, the code stays valid.",
        Outcome.OTHER_MACHINE: "this code renews the credentials of the machine that has joined as {centre_id}. For "
        "another machine ask the city for a code that replaces it.",
        Outcome.MALFORMED: "the city's hub does not understand this program. One of the two needs an upgrade.",
    }

    def __init__(self, outcome: Outcome, said: dict[str, str]) -> None:
        told = {name: said.get(name, "?") for name in ("used_at", "fingerprint", "centre_id", "city", "expires_at")}
        super().__init__(self._SAID[outcome].format(**told))
        self.outcome, self.said = outcome, told
