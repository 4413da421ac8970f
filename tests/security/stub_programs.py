"""Programs of the system that only note that a script called them, first on its PATH."""


def stubs(folder, **programs):
    """Make the programs in folder/stubs, each with what else it does; return the file of their calls."""
    place = folder / "stubs"
    place.mkdir(exist_ok=True)
    for name, does in programs.items():
        (place / name).write_text(f'#!/bin/sh\necho "{name} $*" >> "$LOG"\n{does}\n')
        (place / name).chmod(0o755)
    return folder / "log"
