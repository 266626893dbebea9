"""The guards in front of views: everyone of the staff, some roles, or anyone who is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, overload

from flask import abort, current_app, redirect, request, url_for
from flask_login import current_user

from shared.web import errors

View = TypeVar("View", bound=Callable[..., Any])


@overload
def staff_required(view: View, /) -> View: ...
@overload
def staff_required(*roles: str) -> Callable[[View], View]: ...
def staff_required(*roles: Any) -> Any:
    """Guard a view: `@staff_required` for everyone of the staff, `@staff_required("lead", "office")` for these.

    Whoever is not signed in is asked to, and comes back; a form that was sent meanwhile
    is kept on a page that can send it again. Whoever has a duty first is led there.
    """
    if len(roles) == 1 and callable(roles[0]) and not isinstance(roles[0], str):
        return _guarded(roles[0], ())
    return lambda view: _guarded(view, tuple(str(role) for role in roles))


def signed_in_required(view: View) -> View:
    """Guard a view of one's own account: anyone who is signed in, guests too, whatever duty awaits them."""
    return _guarded(view, None)


def _guarded(view: View, roles: tuple[str, ...] | None) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            if request.method == "POST":
                return errors.send_again(), 401
            here = request.full_path if request.query_string else request.path
            return redirect(url_for("accounts.sign_in_page", weiter=here))
        if roles is not None and current_user.duty:
            return redirect(url_for(current_user.duty), 303)
        if roles is not None and not current_user.may(*roles):
            abort(403)
        return current_app.ensure_sync(view)(*args, **kwargs)

    guarded.for_staff = True  # type: ignore[attr-defined]
    guarded.for_roles = roles  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]
