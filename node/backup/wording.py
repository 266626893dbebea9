"""The words for what becomes of backups."""

from flask_babel import lazy_gettext as _l

PROBLEMS = {
    "absent": _l("The folder is not there. Is the stick plugged in?"),
    "not_prepared": _l("The folder is not prepared, or the stick is not plugged in."),
    "full": _l("There is no room left. Please use a larger stick or delete other files from it."),
    "read_only": _l("Nothing can be written there. Is the stick locked?"),
    "not_permitted": _l("The program may not write there."),
    "broken": _l("Reading or writing failed. The stick may be broken; please use another one."),
    "not_whole": _l("The copy was not whole when it was read back. Please tell whoever looks after the machine today."),
    "no_room_here": _l("There is no room left on this machine to make a backup. Please tell whoever looks after it."),
    "broken_here": _l("This machine could not write the backup. Please tell whoever looks after it today."),
    "unreachable": _l("The city's hub could not be reached. It is tried again with the next backup."),
    "quota": _l("The city's hub has no more room for this house. Please tell the city."),
    "clock": _l("The clocks of this machine and of the city differ. Please set the time of this machine."),
    "unknown": _l("The city does not know this house (any more)."),
    "signature": _l("The city knows another machine for this house."),
    "instance": _l("The city knows another machine for this house."),
    "refused": _l("The city's hub did not take the backup."),
}
MISTYPED = {
    "length": _l("A recovery code has 28 letters and digits, in seven groups of four."),
    "letter": _l("A recovery code never has the characters 0, O, 1 or I."),
    "check": _l("There is a typing error: the last two characters do not fit the others."),
}
STEPS = {
    "copy": _l("copying"),
    "write": _l("encrypting"),
    "read": _l("reading back"),
    "send": _l("sending to the city"),
}
