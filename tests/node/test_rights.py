"""Who may open which address: every one of the app, held against the table below.

A new view stands nowhere in the table, so the test fails until somebody has decided who may
open it; a view that lost its guard lets in whom the table does not name.
"""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from node.core.accounts import Role
from tests.guards import endpoints, rules, strangers

LEAD, OFFICE, RECEPTION, VOLUNTEER, TENANT = Role
VISITOR = "visitor"
EVERYONE = (VISITOR, *Role)

EVERYBODYS = """
    backup: waits
    -: healthz home metrics
    accounts: sign_in_attempt sign_in_page sign_out
    api-docs: openapi_json
    connection: state
    languages: choose
    programme: picture
    public: calendar event event_file feed hours hours_data house month programme rooms week
    requests: answer begin check discard leave question send state withdraw
    sign_up: answer change_group form leave send state
    timetable: public public_paper
    visits: manifest worker
"""
BY_TOKEN = """
    api_bookings: booking bookings cancel confirm decline move requests take
    api_equipment: add edit free items lend lendings prolong take_back
    api_events: cancel create discard edit event events publish
    api_house: add_row edit_row keep_profile open_now profile remove_row rows
    api_keys: add closed edit hand_out keys opened out take_back
    api_registrations: accept calls_to_make cancel change_group count_heads decline places register
        registrations tick told
    api_rentals: add edit fee_classes rental return_deposit take_deposit
    api_series: begin cancel dates preview series
    api_spaces: add edit reopen retire space spaces
    api_visits: correct counts say state_of_day taps
    sensor_inlet: take
"""
AFTER_THE_PASSWORD = """
    second_factor: answer ask
"""
OF_WHOEVER_SIGNED_IN = """
    accounts: own own_password
    second_factor: begin confirm end_sessions picture renew show switch_off
"""
OF_THE_STAFF = """
    announcements: index
    bookings: day show
    centre: show
    equipment: index show
    handbook: book index
    holidays: index
    house: index
    norm: show
    opening_hours: index
    programme: index sheet sheet_pdf show
    rentals: index rules rules_index
    spaces: index show
    timetable: house house_paper space space_paper
    today: page
    visit_months: month
    visits: hours
"""
AT_THE_COUNTER = """
    bookings: cancel inbox list_series move new price show_series take
    equipment: cancel give_out lend lending prolong take_back
    keys: closed hand_out index opened take_back
    registration: add calls change count_heads do event index move names new new_link show tick told
    visits: correction counter state statement take_back tap taps
"""
AT_THE_DESK = """
    audit: file index
    bookings: accept_rules agreement ask_cancel_series begin_series block cancel_series change_series
        confirm confirm_instead decline edit_series lift_block make_up missing_date new_series rental
        responsible return_deposit take_block take_deposit
    keys: show
    opening_hours: close_today closure open_today
    programme: ask_cancel_series begin_series cancel_series carry_over change change_series copy_week
        create discard edit edit_series keep_picture languages make_up missing_date new new_series
        show_series translate
    tenants: add change index new show
"""
IN_THE_OFFICE = """
    centre: change edit
    counter_board: add_button arrange choose_groups edit_button move_button own remove_button
    equipment: add change edit new reopen retire
    holidays: add remove
    imports: choose_list confirm forget index rehearse template upload upload_list
    keys: add change new
    opening_hours: edit holiday_rule new period remove remove_period
    programme: cancel publish publish_series
    recovery: decide index restore_all
    registration_terms: edit keep
    rentals: add change edit new new_rules write_rules
    sensors: choose_source forget_rejections index new new_token revoke_token show
    spaces: add add_hours change edit new remove_hours reopen retire
"""
THE_LEADS = """
    backup: check_code index make_now new_code open_house prepare
    devices: add index new revoke
    joining: join leave show
    privacy: erase export export_file index keep person preview search
    staff: add change_role demand_second_factor give_start_password index lock new reset_second_factor
        show unlock
    tenants: keep_quota
    visit_months: accept_late drop_late lock reopen
"""
A_TENANTS = """
    own: ask closed free house_rules index opened send show withdraw
"""
TABLE: dict[str, tuple[str, ...]] = {
    EVERYBODYS: EVERYONE,
    BY_TOKEN: (),
    AFTER_THE_PASSWORD: (),
    OF_WHOEVER_SIGNED_IN: tuple(Role),
    OF_THE_STAFF: (LEAD, OFFICE, RECEPTION, VOLUNTEER),
    AT_THE_COUNTER: (LEAD, OFFICE, RECEPTION, VOLUNTEER),
    AT_THE_DESK: (LEAD, OFFICE, RECEPTION),
    IN_THE_OFFICE: (LEAD, OFFICE),
    THE_LEADS: (LEAD,),
    A_TENANTS: (LEAD, TENANT),
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
