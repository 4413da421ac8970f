"""What an email says of itself, read from its bytes (RFC 5322). Nothing here trusts it.

Headers are read as they stand, because Python's readers of them raise on some that are malformed.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

MOST_BYTES = 5 * 1024 * 1024
# What Python's parser raises of parts that are malformed, besides what it notes as defects.
UNPARSABLE = (AttributeError, IndexError, KeyError, LookupError, RecursionError, TypeError, ValueError)  # fmt: skip
# Where servers write to which address an email was delivered, and people to which they send it.
ADDRESSED = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
# An address alone, or after a name. Whoever verified the sender must have read the same address, so nothing else will do:
# no second address before it, unless in quotation marks.
_ADDRESS = r"[^\s<>()\[\]\",;:@\\]+@[^\s<>()\[\]\",;:@\\]+"
ONE_ADDRESS = re.compile(
    rf"(?P<bare>{_ADDRESS})|(?:\"[^\"\\<>]*\"|[^<>\",;:@\\]*)\s*<(?P<named>{_ADDRESS})>"
)
BULK = {"bulk", "list", "junk", "auto_reply"}
AUTOREPLIES = ("x-autoreply", "x-autorespond")
# Signatures of S/MIME and PGP, and the formatting that Outlook sends along.
NO_FILES = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/ms-tnef"}  # fmt: skip
# What says to be Latin-1 is Windows-1252 in practice, as browsers read it too.
LATIN = {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii", "windows-1252"}


@dataclass(frozen=True)
class File:
    name: str
    content: bytes


@dataclass(frozen=True)
class Body:
    """The text of an email. `is_flowed`: its lines end where the window did (RFC 3676)."""

    text: str
    is_html: bool
    is_flowed: bool = False
    joins_words: bool = False


class Received:
    """An email, by its bytes."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.message: EmailMessage = message_from_bytes(raw, policy=policy.default)

    def texts(self, name: str) -> list[str]:
        """Return what stands in each header of this name, unfolded."""
        found = (value for key, value in self.message.raw_items() if key.lower() == name)
        return [" ".join(str(value).split()) for value in found]

    def address(self, name: str) -> str:
        """Return the address in this header, in small letters; "" unless there is one header with one address."""
        found = self.texts(name)
        match = ONE_ADDRESS.fullmatch(found[0]) if len(found) == 1 else None
        return (match["bare"] or match["named"]).lower() if match else ""

    @property
    def sender(self) -> str:
        return self.address("from")

    @property
    def identity(self) -> str:
        """Return its Message-ID, or a digest of its bytes where it has none or several."""
        found = [text for text in self.texts("message-id") if text]
        return found[0] if len(found) == 1 else hashlib.sha256(self.raw).hexdigest()

    def keys(self, answers_to: str) -> set[str]:
        """Return the keys with which it was addressed: what is between "+" and "@"."""
        name, domain = map(re.escape, answers_to.split("@"))
        form = re.compile(rf"(?<![\w.+-]){name}\+([0-9a-z]{{1,64}})@{domain}(?![\w.-])")
        texts = (text.lower() for name in ADDRESSED for text in self.texts(name))
        return {key for text in texts for key in form.findall(text)}

    def is_vouched_for(self, header: str) -> bool:
        """Whether the operator's server says that the sender is verified: once, and nothing but "yes".

        Python ends a line at a carriage return alone too, and a server may not: such a header is none that it wrote.
        """
        head = re.split(rb"\r?\n\r?\n", self.raw, maxsplit=1)[0]
        if b"\r" in head.replace(b"\r\n", b""):
            return False
        return [text.lower() for text in self.texts(header.lower())] == ["yes"]

    def why_automatic(self, own: set[str]) -> str:
        """Return by what it is known that no person sent it, or "". `own` are our addresses."""
        submitted = [
            text.partition(";")[0].strip().lower() for text in self.texts("auto-submitted")
        ]
        if any(each != "no" for each in submitted):
            return "auto-submitted"
        if BULK & {text.lower() for text in self.texts("precedence")}:
            return "precedence"
        if any(self.texts(name) for name in AUTOREPLIES):
            return "autoreply"
        if any(text.strip("<> ") == "" for text in self.texts("return-path")):
            return "empty return path"
        if own & {self.address("from"), self.address("sender")}:
            return "our own address"
        if self.message.get_content_type() == "multipart/report":
            return "report"
        return "calendar" if self._part("calendar") is not None else ""

    def _part(self, *kinds: str) -> EmailMessage | None:
        try:
            return self.message.get_body(kinds)  # type: ignore[return-value]
        except UNPARSABLE:
            return None

    def body(self) -> Body | None:
        """Return its text: the plain one, unless it is empty, as some programs send it beside HTML."""
        for kind in ("plain", "html"):
            part = self._part(kind)
            text = _decoded(part) if part is not None else ""
            if part is not None and text.strip():
                is_flowed = str(part.get_param("format", "")).lower() == "flowed"
                joins = str(part.get_param("delsp", "")).lower() == "yes"
                return Body(text, kind == "html", is_flowed and kind == "plain", joins)
        return None

    def files(self) -> list[File]:
        """Return the files that came along, without pictures in the text, signatures and what Outlook adds."""
        return list(self._files())

    def _files(self) -> Iterator[File]:
        try:
            parts = list(self.message.iter_attachments()) if self.message.is_multipart() else []
            for part in parts:
                is_beside = part.get_content_disposition() == "attachment" or not part["content-id"]
                name = part.get_filename() or ""
                if part.get_content_type() in NO_FILES or not is_beside or not name:
                    continue
                content = part.get_payload(decode=True)
                yield File(name, content if isinstance(content, bytes) else b"")
        except UNPARSABLE:
            return


def _decoded(part: EmailMessage) -> str:
    """Return the text of a part in what it says to be written in, or else in what it can be read in."""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    try:
        said = str(part.get_content_charset("utf-8")).lower()
    except UNPARSABLE:
        said = "utf-8"
    for charset in ("utf-8", "cp1252") if said in {"us-ascii", "ascii"} else ("cp1252" if said in LATIN else said, "utf-8"):  # fmt: skip
        try:
            return raw.decode(charset).encode("utf-8", "replace").decode()
        except (LookupError, UnicodeError):
            continue
    return raw.decode("cp1252", "replace")
