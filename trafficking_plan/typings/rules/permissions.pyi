from typing import Any

def has_perm(name: str, *args: Any) -> bool: ...

permissions: dict[str, Any]
