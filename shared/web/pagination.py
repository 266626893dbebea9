"""A page of a long list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import Flask, request, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Item = TypeVar("Item")
PER_PAGE = 50
ARGUMENT = "seite"


@dataclass(frozen=True)
class Page(Generic[Item]):
    """`items` of page number `page` (from 1) of a list of `total`; an empty list has one page."""

    items: Sequence[Item]
    page: int
    total: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        """The number of the first item on this page, 0 if there is none."""
        return (self.page - 1) * self.per_page + 1 if self.items else 0

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1 if self.items else 0


def equip(app: Flask) -> None:
    """Let the `page_nav` macro build addresses."""
    app.jinja_env.globals["page_address"] = page_address


def page_address(page: int) -> str:
    """Return the address of this list's page number `page`, with the filters that are set."""
    arguments = {name: values for name, values in request.args.lists() if name != ARGUMENT}
    return url_for(request.endpoint or "", **{**arguments, **(request.view_args or {}), ARGUMENT: page})


def wanted(argument: str | None) -> int:
    """Return the page number that a query string asks for; nonsense is page 1."""
    return max(1, int(argument)) if argument and argument.isdecimal() and len(argument) < 9 else 1


def of_list(everything: Sequence[Item], page: int, per_page: int = PER_PAGE) -> Page[Item]:
    """Return the page of a list that is in memory; a number past the end is the last page."""
    page = min(page, max(1, -(-len(everything) // per_page)))
    return Page(everything[(page - 1) * per_page : page * per_page], page, len(everything), per_page)


def of_query(session: Session, query: Select[Any], page: int, per_page: int = PER_PAGE) -> Page[Any]:
    """Return the page of a query for one kind of object; a number past the end is the last page."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    page = min(page, max(1, -(-total // per_page)))
    items = session.scalars(query.limit(per_page).offset((page - 1) * per_page)).all()
    return Page(items, page, total, per_page)
