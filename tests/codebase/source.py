"""Reads the project's source for the tests about it. Every finding names a file and a line."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("agencies", "workitems", "reports")
PACKAGES = (*APPS, "trafficking_plan")


def modules(*packages: str) -> list[Path]:
    """The Python files of these packages, without migrations (applied ones are history)."""
    return [
        path
        for package in packages
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


METHODS_THAT_WRITE = {
    *("save", "create", "delete", "update", "bulk_create", "bulk_update"),
    *("get_or_create", "update_or_create", "asave", "acreate", "adelete", "aupdate"),
    *("abulk_create", "abulk_update", "aget_or_create", "aupdate_or_create"),
}

# Django calls no `save` for these, so no history row follows.
METHODS_WITHOUT_HISTORY = {
    *("update", "bulk_create", "bulk_update", "aupdate", "abulk_create", "abulk_update"),
}


def row_calls(source: str, names: set[str]) -> Iterator[int]:
    """Lines of calls that can be a row's or a queryset's.

    An `update` of a set or a dict is left out: it takes its argument by place, a queryset by name.
    """
    if not any(f".{name}(" in source for name in names):
        return
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        by_place = node.func.attr in {"update", "aupdate"} and node.args
        if node.func.attr in names and not by_place:
            yield node.lineno


def writes(source: str) -> list[int]:
    """Lines that call a method of a row or queryset that writes."""
    return sorted(row_calls(source, METHODS_THAT_WRITE))


def writes_without_history(source: str) -> list[int]:
    """Lines that write past `save`: update, bulk writes, and F() put into a field."""
    lines = set(row_calls(source, METHODS_WITHOUT_HISTORY))
    if not re.search(r"\bF\(", source):
        return sorted(lines)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign):
            targets = [node.target]
        else:
            continue
        into_a_field = any(isinstance(target, ast.Attribute) for target in targets)
        if into_a_field and calls_f(node.value):
            lines.add(node.lineno)
    return sorted(lines)


def calls_f(expression: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Call) and ast.unparse(node.func) in {"F", "models.F"}
        for node in ast.walk(expression)
    )


def asks_the_clock(source: str) -> list[int]:
    """Lines that ask what day or time it is, called or handed on as a default."""
    clocks = {
        *("timezone.now", "timezone.localdate", "timezone.localtime", "localdate", "localtime"),
        *("date.today", "datetime.now", "datetime.today", "datetime.utcnow", "time.time"),
    }
    last_words = {clock.rpartition(".")[2] for clock in clocks}
    if not any(word in source for word in last_words):
        return []
    tree = ast.parse(source)
    named = [
        node
        for node in ast.walk(tree)
        if getattr(node, "attr", getattr(node, "id", None)) in last_words
    ]
    # With a moment as argument, these only return its day here.
    given_a_moment = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and node.args
        and getattr(node.func, "attr", getattr(node.func, "id", None)) in {"localdate", "localtime"}
    }
    return sorted(
        {
            node.lineno
            for node in named
            if ast.unparse(node) in clocks and id(node) not in given_a_moment
        }
    )


def imports_of(source: str, package: str) -> list[tuple[int, bool]]:
    """Line of each import of the package, and whether it is at the top of the module."""
    if package not in source:
        return []
    tree = ast.parse(source)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        if any(name.split(".")[0] == package for name in names):
            found.append((node.lineno, node in tree.body))
    return sorted(found)


INLINE = re.compile(
    r"""\sstyle\s*=                   # <p style="…">
      | <style\b
      # a script with its text in the page; a data block is none
      | <script\b(?![^>]*(?:\bsrc\s*=|\btype="application/ld\+json"))
      | \son[a-z]+\s*=\s*["']         # <button onclick="…">
      | javascript:
    """,
    re.IGNORECASE | re.VERBOSE,
)


def inline_code(template: str) -> list[int]:
    """Lines of a template with style or script that our Content-Security-Policy would refuse."""
    without_comments = re.sub(
        r"\{#.*?#\}|\{% comment.*?endcomment %\}",
        lambda comment: "\n" * comment[0].count("\n"),
        template,
        flags=re.DOTALL,
    )
    return [
        without_comments.count("\n", 0, hit.start()) + 1
        for hit in INLINE.finditer(without_comments)
    ]


def forgiven_failures(script: str) -> list[int]:
    """Lines of a shell script that let a failed command pass."""
    forgiving = re.compile(r"\|\|\s*(true|:|echo|exit 0)\b|\|\|\s*:|\bset \+e\b")
    return [
        number
        for number, line in enumerate(script.splitlines(), start=1)
        if forgiving.search(line.split("#")[0])
    ]


def uncommented_dependencies(pyproject: str) -> list[str]:
    """Dependencies without a comment in the line above that says why they are there."""
    lines = pyproject.splitlines()
    inside = False
    bare = []
    for above, line in zip(["", *lines], lines, strict=False):
        if re.match(r"(dependencies|dev) = \[", line):
            inside = True
        elif line == "]":
            inside = False
        elif inside and line.strip().startswith('"') and not above.strip().startswith("#"):
            bare.append(line.strip())
    return bare


def pins(lock: str) -> dict[str, str]:
    """Name and version of each requirement in a lock, as `name==version ; marker` gives them."""
    return dict(
        re.findall(r"^([a-z0-9._-]+)(?:\[[a-z0-9,._-]+\])?==([^\s;\\]+)", lock, re.MULTILINE)
    )


def addresses(lock: str) -> list[int]:
    """Lines of a lock that say where packages come from; that is for each machine to say."""
    source = re.compile(
        r"://|^\s*(-i|-f|--(extra-)?index-url|--find-links|--trusted-host)\b|@\s*file:"
    )
    return [n for n, line in enumerate(lock.splitlines(), start=1) if source.search(line)]
