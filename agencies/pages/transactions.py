"""Mark views that write although they answer GET.

On SQLite other views begin their transaction on GET without the write lock
(`trafficking_plan.frame.middleware.ReadWithoutLock`).
"""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def writes_on_get(view: View) -> View:
    """Begin the transaction of this view with the write lock, whatever the method."""
    view.__dict__["writes_on_get"] = True
    return view
