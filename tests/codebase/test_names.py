"""Names of modules and functions that would have to be looked up: the same twice, or saying nothing."""

import ast
from collections import defaultdict

from tests.codebase.source import PACKAGES, modules, name_of

# Names given by Django and by this project's conventions: what each subject may have.
GIVEN = {
    *("__init__", "models", "rules", "services", "forms", "views", "urls", "apps"),
    *("guards", "indexes", "news", "desk_lines"),
}
# Inside these, modules are split by noun, and one noun goes through them all (docs/architecture.md).
LAYERS = {"models", "services", "forms", "views"}


def places_by_name(files):
    """Places of each module name; the layers of one app, which share their nouns, are one place."""
    places = defaultdict(set)
    for file in files:
        *folders, name = file.removesuffix(".py").split("/")
        if name in GIVEN or "management" in folders:
            continue
        # An app may be inside another.
        depth = 2 if folders[:2] == ["reports", "requests"] else 1
        in_layers = not LAYERS.isdisjoint(folders)
        of_app = f"{'/'.join(folders[:depth])}'s layers"
        places[name].add(of_app if in_layers else "/".join(folders))
    return places


def clashes(files):
    """Names that two modules outside the layers have, or the layers of two apps."""
    faults = []
    for name, found in sorted(places_by_name(files).items()):
        layers = {place for place in found if place.endswith("'s layers")}
        if len(layers) > 1 or len(found - layers) > 1:
            faults.append(f"{name}: {', '.join(sorted(found))}")
    return faults


def test_no_two_modules_share_a_name():
    assert clashes(name_of(path) for path in modules(*PACKAGES)) == []


def test_the_check_finds_a_duplicate_name():
    files = ["reports/views/items.py", "reports/progress/items.py"]
    assert clashes(files) == []
    assert clashes([*files, "workitems/items.py"]) == [
        "items: reports's layers, reports/progress, workitems"
    ]
    assert clashes([*files, "workitems/plan/forms/items.py"]) == [
        "items: reports's layers, reports/progress, workitems's layers"
    ]


def functions_called(names):
    """Public functions of these names, which say nothing where they are called without their module."""
    return [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in modules(*PACKAGES)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name in names
    ]


def test_no_function_is_called_by_a_bare_verb():
    assert functions_called({"read", "counted", "listed", "both", "tell"}) == []
