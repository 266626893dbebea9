"""The stock: kinds of things, added, changed and retired by staff; never deleted, reservations name them."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from node.equipment.finding import get_item
from node.equipment.models import Item
from node.equipment.promises import refuse_count, write
from shared.errors import Refusal
from shared.ids import new_id


class StockPromised(Refusal):
    """The stock cannot be `wanted`: more pieces are promised already."""

    def __init__(self, wanted: int) -> None:
        super().__init__(str(wanted))
        self.wanted = wanted


@dataclass(frozen=True, kw_only=True)
class ItemEntry:
    """What staff say about an item; `stock` is how many pieces the house has."""

    name: str
    stock: int = 1
    place: str = ""
    note: str = ""
    lent_alone: bool = True


def add_item(session: Session, entry: ItemEntry) -> Item:
    """Add an item. Raises CountImpossible."""
    refuse_count(entry.stock, least=0)
    item = Item(id=new_id(), **vars(entry))
    session.add(item)
    session.flush()
    return item


def edit_item(session: Session, item_id: str, entry: ItemEntry) -> Item:
    """Change an item. Raises ItemUnknown, CountImpossible, StockPromised (too few for what is promised)."""
    refuse_count(entry.stock, least=0)
    item = get_item(session, item_id)
    if not write(session, item, vars(entry)):
        raise StockPromised(entry.stock)
    return item


def retire_item(session: Session, item_id: str) -> Item:
    """Take an item out of use: it takes nothing new; what is promised stays."""
    item = get_item(session, item_id)
    item.retired = True
    return item


def reopen_item(session: Session, item_id: str) -> Item:
    """Put a retired item to use again."""
    item = get_item(session, item_id)
    item.retired = False
    return item
