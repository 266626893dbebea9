"""Who may open which address of the hub: every one of the app, held against the table below.

A new view stands nowhere in the table, so the test fails until somebody has decided who may
open it; a view that lost its guard lets in whom the table does not name.
"""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.core.accounts import Role
from tests.guards import endpoints, rules, strangers

ADMINISTRATOR, PLANNER, EDITOR = Role
VISITOR = "visitor"
EVERYONE = (VISITOR, *Role)

EVERYBODYS = """
    -: healthz home
    accounts: sign_in_attempt sign_in_page sign_out
    api-docs: openapi_json
    api_centres: centre centres hours open_now
    api_city: districts themes
    api_events: event events
    api_free_spaces: free_spaces
    api_page: show
    api_spaces: spaces
    calendar: agenda day event_page forget house house_before month near remember week
    calendar_feeds: api event_file feed news_feed series
    centres: overview
    city_map: show
    finder: look space
    joining: ask explain
    languages: choose
    open_data: dataset overview small_numbers
    open_data_catalogue: file negotiated
    open_data_files: file
    widget: arrange event_frame frame oembed robots sitemap
"""
FROM_THIS_MACHINE = """
    -: metrics
"""
BY_SIGNATURE = """
    calls: add_erasures finish kept leave list_erasures piece take_piece
"""
AFTER_THE_PASSWORD = """
    second_factor: answer ask
"""
OF_WHOEVER_SIGNED_IN = """
    accounts: own own_password
    administration: index
    announcements: overview
    city: overview
    holidays: overview
    norm: show
    second_factor: begin confirm end_sessions picture renew show switch_off
    themes: overview
"""
READ_REPORTS = """
    coverage: behind gap_list offers overview
    exports: city city_paper city_workbook paper table workbook
    norm_houses: house overview
    occupancy: house rooms show
    reports: download figure overview
"""
SEE_NETWORK = """
    alarms: one overview
    backups: overview
    network: broker_rights centre course keys overview rejected set_aside
    recovery: overview
"""
WRITE_FOR_CITY = """
    announcements: add edit take_back
    holidays: add edit read_in remove
    themes: add bring_back rename retire
"""
SET_STANDARDS = """
    city: give_up remove review send
    norm: edit
    open_data_terms: edit
"""
RUN_NETWORK = """
    alarms: acknowledge post rules send_again test
    audit: index
    network: admit allow_sweep codes compare_broker drop_old_key invite machines new_key new_machine renew_access
        replace revoke try_again withdraw_code
    staff: add change_role demand_second_factor give_start_password index lock new reset_second_factor
        show unlock
"""
TABLE: dict[str, tuple[str, ...]] = {
    EVERYBODYS: EVERYONE,
    FROM_THIS_MACHINE: EVERYONE,  # the tests ask from here
    BY_SIGNATURE: (),  # of a centre's machine
    AFTER_THE_PASSWORD: (),
    OF_WHOEVER_SIGNED_IN: tuple(Role),
    READ_REPORTS: (ADMINISTRATOR, PLANNER, EDITOR),
    SEE_NETWORK: (ADMINISTRATOR, PLANNER, EDITOR),
    WRITE_FOR_CITY: (ADMINISTRATOR, PLANNER, EDITOR),
    SET_STANDARDS: (ADMINISTRATOR, PLANNER),
    RUN_NETWORK: (ADMINISTRATOR,),
}
ALLOWED = {endpoint: who for lines, who in TABLE.items() for endpoint in endpoints(lines)}


def test_every_address_stands_in_the_table(app: Flask) -> None:
    """Somebody has decided about each view, and the table names none that is gone."""
    assert {rule.endpoint for rule in rules(app)} == ALLOWED.keys()


@pytest.mark.parametrize("who", EVERYONE)
def test_the_guards_stand_as_the_table_says(app: Flask, sign_in: Callable[..., FlaskClient], who: str) -> None:
    """Each address with each of its methods lets in whom the table names, and nobody else."""
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    client = app.test_client() if who == VISITOR else sign_in(who)
    assert strangers(app, client, who, ALLOWED) == []
