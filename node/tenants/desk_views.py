"""Where staff keep those who use rooms again and again, and the lead sets quotas.

Rule: quotas are the lead's affair; everybody who decides on bookings may keep the list.
"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from node.bookings import service
from node.bookings.models import Tenant
from node.core import audit
from node.core.accounts import Account, Role
from node.core.db import reading, transaction
from node.core.rights import Right, may, needs
from node.keys import service as keys
from node.spaces import service as spaces
from node.tenants.forms import QuotaForm, TenantForm
from shared.time import now
from shared.web import zone
from shared.web.forms import options

desk = Blueprint("tenants", __name__, template_folder="templates", url_prefix="/gruppen")


@desk.get("")
@needs(Right.SEE_PERSONS)
def index() -> Any:
    """The list, and the quota for everybody."""
    with reading() as session:
        return _index(session)


@desk.post("/kontingent")
@needs(Right.RUN_HOUSE)
def keep_quota() -> Any:
    """Set the quota for everybody who has none of their own."""
    form = QuotaForm()
    with transaction() as session:
        if not form.validate():
            return _index(session, form), 422
        service.keep_quotas(session, None, form.hours())
    flash(_("The quota is kept."), "success")
    return redirect(url_for("tenants.index"))


@desk.get("/neu")
@needs(Right.DECIDE_BOOKINGS)
def new() -> Any:
    """An empty form."""
    with reading() as session:
        return _page(session, _form(session, None), None)


@desk.post("/neu")
@needs(Right.DECIDE_BOOKINGS)
def add() -> Any:
    """Add a tenant."""
    with transaction() as session:
        return _keep(session, None)


@desk.get("/<tenant_id>")
@needs(Right.SEE_PERSONS)
def show(tenant_id: str) -> Any:
    """A tenant: contact, quota, coming bookings, keys."""
    with reading() as session:
        tenant = _tenant(session, tenant_id)
        own = service.own_quotas(session, tenant.id)
        known = {"hours_week": own.get("week"), "hours_month": own.get("month"), "account_id": tenant.account_id or ""}
        return _page(session, _form(session, tenant, obj=tenant, data=known), tenant)


@desk.post("/<tenant_id>")
@needs(Right.DECIDE_BOOKINGS)
def change(tenant_id: str) -> Any:
    """Change a tenant."""
    with transaction() as session:
        return _keep(session, _tenant(session, tenant_id))


def _index(session: Session, form: QuotaForm | None = None) -> str:
    general = service.own_quotas(session, None)
    known = {"hours_week": general.get("week"), "hours_month": general.get("month")}
    return render_template(
        "tenants/index.html",
        tenants=service.list_tenants(session, retired=True),
        general=general,
        form=form or QuotaForm(formdata=None, data=known),
    )


def _form(session: Session, tenant: Tenant | None, **filled: Any) -> TenantForm:
    form = TenantForm(**filled)
    accounts = session.scalars(select(Account).where(Account.role == Role.TENANT).order_by(Account.name)).all()
    form.account_id.choices = options([("", _("no account")), *((account.id, account.name) for account in accounts)])
    if tenant is not None and tenant.account_id and tenant.account_id not in {account.id for account in accounts}:
        form.account_id.choices = [*form.account_id.choices, *options([(tenant.account_id, _("another account"))])]
    if not may(Right.RUN_HOUSE):
        del form.hours_week, form.hours_month
    return form


def _page(session: Session, form: TenantForm, tenant: Tenant | None) -> str:
    at = now()
    if tenant is not None:
        audit.note_look("tenants", tenant.id)
    return render_template(
        "tenants/tenant.html",
        form=form,
        tenant=tenant,
        coming=service.bookings_of_tenant(session, tenant.id, at, limit=30) if tenant else (),
        spent=service.spent_by_tenant(session, tenant.id, at, zone()) if tenant else (),
        held=keys.keys_held_by(session, tenant.id) if tenant else (),
        names={space.id: space.name for space in spaces.list_spaces(session)},
        may_keep=may(Right.DECIDE_BOOKINGS),
    )


def _keep(session: Session, tenant: Tenant | None) -> Any:
    form = _form(session, tenant)
    if form.validate():
        try:
            kept = (
                service.add_tenant(session, form.entry())
                if tenant is None
                else service.edit_tenant(session, tenant.id, form.entry())
            )
            if "hours_week" in form:
                service.keep_quotas(session, kept.id, form.hours())
            flash(_("“%(name)s” is kept.", name=kept.name), "success")
            return redirect(url_for("tenants.show", tenant_id=kept.id))
        except service.TenantExists:
            form.form_errors.append(_("Another entry has this name or this account."))
    return _page(session, form, tenant), 422


def _tenant(session: Session, tenant_id: str) -> Tenant:
    try:
        return service.get_tenant(session, tenant_id)
    except service.TenantUnknown:
        abort(404)
