"""Ask ClamAV's daemon whether an uploaded file has malware. Nothing is asked unless `SCANNER` is set."""

import socket
from collections.abc import Iterable, Iterator
from typing import IO, Any

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

log = structlog.get_logger(__name__)
PATIENCE = 30  # seconds; large archives take some
PIECE = 64 * 1024  # bytes

REFUSED = gettext_lazy(
    "The virus scanner found something in this file, so it was not kept. Ask your IT support to look at it."
)
NOT_CHECKED = gettext_lazy(
    "We could not check this file for viruses, so it was not kept. Try again in a few minutes."
)


class ScannerAway(Exception):
    """The scanner does not answer, or gives no verdict."""


def refuse_malware(file: IO[Any]) -> None:
    """Raise `ValidationError` if the file has malware or, with a scanner set, cannot be checked."""
    if not settings.SCANNER:
        return
    try:
        found = name_of_malware(file)
    except ScannerAway as error:
        log.error("upload_not_scanned", fault=str(error))
        raise ValidationError(NOT_CHECKED) from error
    if found:
        log.warning("malware_refused", malware=found)
        raise ValidationError(REFUSED)


def name_of_malware(file: IO[Any]) -> str:
    """Return what the scanner calls it, or "" for a clean file. Rewinds the file before and after."""
    file.seek(0)
    answer = _ask(b"INSTREAM", _pieces(file))
    file.seek(0)
    if answer == "stream: OK":
        return ""
    if answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerAway(answer or "no answer")


def answers() -> bool:
    """Return whether the scanner can be reached."""
    try:
        return _ask(b"PING", []) == "PONG"
    except ScannerAway:
        return False


def _pieces(file: IO[Any]) -> Iterator[bytes]:
    """Yield the file as the protocol wants it: pieces after their lengths, an empty one at the end."""
    while piece := file.read(PIECE):
        yield len(piece).to_bytes(4, "big") + piece
    yield bytes(4)


def _ask(command: bytes, body: Iterable[bytes]) -> str:
    try:
        with _connected(settings.SCANNER) as to:
            to.sendall(b"z" + command + b"\0")
            for each in body:
                to.sendall(each)
            answer = b""
            while b"\0" not in answer and (part := to.recv(4096)):
                answer += part
    except OSError as error:
        raise ScannerAway(type(error).__name__) from error
    return answer.rstrip(b"\0").decode(errors="replace")


def _connected(address: str) -> socket.socket:
    """Return a connection to HOST:PORT, or to a socket on this machine by its path."""
    if not address.startswith("/"):
        host, _, port = address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=PATIENCE)
    local = socket.socket(socket.AF_UNIX)
    local.settimeout(PATIENCE)
    try:
        local.connect(address)
    except OSError:
        local.close()
        raise
    return local
