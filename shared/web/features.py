"""What an app does with its list of features."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from flask import Flask


def load_tables(features: Sequence[ModuleType]) -> None:
    """Import each feature's `models`, pages or not: the ledger and the migrations need every table."""
    for feature in features:
        if find_spec(f"{feature.__name__}.models"):
            import_module(f"{feature.__name__}.models")


def register_all(app: Flask, features: Sequence[ModuleType]) -> None:
    """Let each feature that has pages, jobs or commands add them."""
    for feature in features:
        if hasattr(feature, "register"):
            feature.register(app)


def folders(features: Sequence[ModuleType]) -> list[Path]:
    """Return where the features' `de.po` files are."""
    return [Path(str(feature.__file__)).parent for feature in features]
