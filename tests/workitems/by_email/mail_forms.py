"""Emails as mail programs write them, modelled after their documented forms and what they are known to send.

None was sent by the program that it is named after. `FORMS` has one builder for each: it takes what a person writes and the email
that they answer, and returns the text or HTML that the program makes of both.
"""

import html
import quopri
from base64 import encodebytes
from collections.abc import Callable
from textwrap import wrap

ANSWERS_TO = "plan@answers.example.govt.nz"
VERIFIED = "X-Sender-Verified"
KEY = "0123456789abcdef0123456789abcdef"
NAME = "Police contributor"
OURS = """Kia ora Police contributor,

Item 1.2 Print a brochure
Plan of Action

Labour asks you in a note on 1.2: “When does it open? We have to tell the Minister before the house rises, and the printer wants to know it.”
Open the conversation: https://plan.example.govt.nz/plans/plan/notes/7/
To answer, reply to this email.
Your words become a note that can be asked for, and files are not taken. Who can read it: All members.

See all that is on your desk: https://plan.example.govt.nz/

You get this as contributor at Police. We email you about each thing once.
Choose your emails: https://plan.example.govt.nz/account/emails/"""
MARKS = (f"Kia ora {NAME},", "plan.example.govt.nz")
FROM_US = "Plan Register <plan@plan.example.govt.nz>"
SUBJECT = "Plan Register: Item 1.2 Print a brochure has a question to you"

WORDINGS = {
    "plain": "Yes, the last week of May.\n\nKind regards\nAna",
    "macrons": "Kāore anō. Ka tīmata te tā ā te Haratua, hei te āpōpō pea.\n\nNgā mihi\nAna Wētere",
    "like a header": "On Monday the Minister wrote:\nwe wait until May.\nFrom: 1 March the printer is free.\n\n- two thousand\n- in two languages",
}  # fmt: skip


def message(
    parts: bytes | str,
    kind: str = 'text/plain; charset="utf-8"',
    encoding: str = "8bit",
    *,
    key: str = KEY,
    sender: str = f"{NAME} <ana@police.example>",
    verified: str = "yes",
    number: int = 1,
    **headers: str,
) -> bytes:
    """Return an email to our address. `headers` are added, with "_" for "-"; an empty one is left out."""
    to = f"{ANSWERS_TO.partition('@')[0]}+{key}@{ANSWERS_TO.partition('@')[2]}"
    found = {
        "Return-Path": "<ana@police.example>",
        VERIFIED: verified,
        "From": sender,
        "To": f"Plan Register <{to}>",
        "Subject": f"RE: {SUBJECT}",
        "Date": "Tue, 01 Jun 2010 10:02:11 +1200",
        "Message-ID": f"<{number}.reply@police.example>",
        "MIME-Version": "1.0",
        "Content-Type": kind,
        "Content-Transfer-Encoding": encoding,
    }
    found |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in found.items() if value)
    body = parts if isinstance(parts, bytes) else parts.replace("\n", "\r\n").encode()
    return head.encode() + b"\r\n" + body


def part(text: str | bytes, kind: str, encoding: str = "8bit", more: str = "") -> bytes:
    content = text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode()
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n{more}\r\n"
    return head.encode() + content


def multipart(kind: str, *parts: bytes, **headers: str) -> bytes:
    body = b"".join(b"--=_b\r\n" + each + b"\r\n" for each in parts) + b"--=_b--\r\n"
    return message(body, f'multipart/{kind}; boundary="=_b"', **headers)


PLAIN, HTML = 'text/plain; charset="utf-8"', 'text/html; charset="utf-8"'


def quoted(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in text.split("\n"))


def wrapped(text: str, width: int = 72) -> str:
    lines = (wrap(line, width, break_on_hyphens=False, break_long_words=False) or [""] for line in text.split("\n"))  # fmt: skip
    return "\n".join("\n".join(each) for each in lines)


def as_html(text: str, tag: str = "p") -> str:
    paragraphs = (html.escape(each).replace("\n", "<br>\n") for each in text.split("\n\n"))
    return "".join(f"<{tag}>{each}</{tag}>\n" for each in paragraphs)


def of_outlook(own: str, ours: str, *, day: str = "Sent: Tuesday, 1 June 2010 9:30 am", rule: str = "") -> str:  # fmt: skip
    head = f"From: {FROM_US}\n{day}\nTo: {NAME} <ana@police.example>\nSubject: {SUBJECT}"
    return f"{own}\n\n{rule}{head}\n\n{ours}\n"


def html_of_outlook(own: str, ours: str) -> str:
    head = (
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b><span lang="EN-US">'
        f"From:</span></b><span> {html.escape(FROM_US)} <br><b>Sent:</b> Tuesday, 1 June 2010 9:30 am<br><b>To:</b> {NAME} "
        f"&lt;ana@police.example&gt;<br><b>Subject:</b> {SUBJECT}<o:p></o:p></span></p></div></div>"
    )
    return (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {margin:0cm;} --></style></head>'
        f'<body lang="EN-NZ"><div class="WordSection1">{as_html(own)}<p class="MsoNormal"><o:p>&nbsp;</o:p></p>{head}'
        f"<p><o:p>&nbsp;</o:p></p>{as_html(ours)}</div></body></html>"
    )


def html_of_gmail(own: str, ours: str) -> str:
    lines = "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in own.split("\n"))
    return (
        f'<div dir="ltr">{lines}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, 1 Jun 2010 at 09:30, Plan Register '
        '&lt;<a href="mailto:plan@plan.example.govt.nz">plan@plan.example.govt.nz</a>&gt; wrote:<br></div>'
        f'<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{as_html(ours)}</blockquote></div>'
    )


def alternative(plain: str, of_html: str) -> bytes:
    return multipart("alternative", part(plain, PLAIN), part(of_html, HTML))


def flowed(text: str) -> str:
    """Return the text with soft line ends, as RFC 3676 writes them."""
    found = []
    for line in text.split("\n"):
        depth = "> " if line.startswith(">") else ""
        pieces = wrap(line.removeprefix(depth.strip()).strip(), 66, break_on_hyphens=False) or [""]
        found += [f"{depth}{each} " for each in pieces[:-1]] + [f"{depth}{pieces[-1]}".rstrip()]
    return "\n".join(found)


def outlook_windows(own: str, ours: str) -> bytes:
    return alternative(of_outlook(own, ours), html_of_outlook(own, ours))


def outlook_mac(own: str, ours: str) -> bytes:
    return message(of_outlook(own, ours, day="Date: Tuesday, 1 June 2010 at 9:30 AM"))


def outlook_web(own: str, ours: str) -> bytes:
    return message(of_outlook(own, ours, rule=f"{'_' * 32}\n"))


def outlook_phone(own: str, ours: str) -> bytes:
    return message(of_outlook(f"{own}\n\nGet Outlook for iOS<https://aka.ms/o0ukef>", ours, rule=f"{'_' * 32}\n"))  # fmt: skip


def outlook_html(own: str, ours: str) -> bytes:
    return message(html_of_outlook(own, ours), HTML)


def outlook_signed(own: str, ours: str) -> bytes:
    signature = part(b"MIAGCSqGSIb3DQEHAqCAMIACAQE=", 'application/pkcs7-signature; name="smime.p7s"', "base64", 'Content-Disposition: attachment; filename="smime.p7s"\r\n')  # fmt: skip
    kind = 'signed; protocol="application/pkcs7-signature"; micalg=sha-256'
    return multipart(kind, part(of_outlook(own, ours), PLAIN), signature)


def outlook_tnef(own: str, ours: str) -> bytes:
    winmail = part(encodebytes(b"x\x9f>\x22" * 50), 'application/ms-tnef; name="winmail.dat"', "base64", 'Content-Disposition: attachment; filename="winmail.dat"\r\n')  # fmt: skip
    return multipart("mixed", part(of_outlook(own, ours), PLAIN), winmail)


def gmail_web(own: str, ours: str) -> bytes:
    head = "On Tue, 1 Jun 2010 at 09:30, Plan Register <plan@plan.example.govt.nz>\nwrote:"
    return alternative(f"{own}\n\n{head}\n\n{quoted(wrapped(ours))}\n", html_of_gmail(own, ours))


def gmail_phone(own: str, ours: str) -> bytes:
    head = "On Tue, 1 Jun 2010, 09:30 Plan Register, <plan@plan.example.govt.nz> wrote:"
    return message(f"{own}\n\n{head}\n\n{quoted(wrapped(ours))}\n")


def gmail_html(own: str, ours: str) -> bytes:
    return message(html_of_gmail(own, ours), HTML)


def apple_mac(own: str, ours: str) -> bytes:
    head = f"> On 1 Jun 2010, at 9:30 AM, {FROM_US} wrote:\n> \n"
    return message(f"{own}\n\n{head}{quoted(ours)}\n", f"{PLAIN}; delsp=no")


def apple_phone(own: str, ours: str) -> bytes:
    head = "> On 1 Jun 2010, at 09:30, Plan Register <plan@plan.example.govt.nz> wrote:\n> \n> ﻿"
    text = f"{own}\n\nSent from my iPhone\n\n{head}{quoted(ours)[2:]}\n"
    return message(encodebytes(text.replace("\n", "\r\n").encode()), PLAIN, "base64")


def thunderbird(own: str, ours: str) -> bytes:
    text = f"{own}\n\nOn 1/06/2010 9:30 am, Plan Register wrote:\n{quoted(ours)}\n"
    return message(flowed(text), f"{PLAIN}; format=flowed")


def thunderbird_latin(own: str, ours: str) -> bytes:
    """In quoted-printable Latin-1, where all letters have it; else in UTF-8."""
    text = f"{own}\n\nOn 1/06/2010 9:30 am, Plan Register wrote:\n{quoted(ours)}\n"
    text = text.replace("“", '"').replace("”", '"')
    charset = "iso-8859-1" if own.isascii() else "utf-8"
    return message(quopri.encodestring(text.encode(charset)), f"text/plain; charset={charset}", "quoted-printable")  # fmt: skip


def as_windows(own: str, ours: str) -> bytes:
    """What says to be Latin-1 and has the quotation marks of Windows-1252."""
    text = f"“Yes” – {own}\n\nOn 1/06/2010 9:30 am, Plan Register wrote:\n{quoted(ours)}\n"
    charset = "iso-8859-1" if own.isascii() else "utf-8"
    written = "cp1252" if own.isascii() else "utf-8"
    return message(text.replace("\n", "\r\n").encode(written), f"text/plain; charset={charset}")


def evolution(own: str, ours: str) -> bytes:
    head = "On Tue, 2010-06-01 at 09:30 +1200, Plan Register wrote:"
    return message(f"{own}\n\n{head}\n{quoted(wrapped(ours))}\n")


def claws(own: str, ours: str) -> bytes:
    head = f"On Tue, 1 Jun 2010 09:30:00 +1200\n{FROM_US} wrote:"
    return message(f"{own}\n\n{head}\n\n{quoted(wrapped(ours))}\n")


def mutt(own: str, ours: str) -> bytes:
    head = "On Tue, Jun 01, 2010 at 09:30:00AM +1200, Plan Register wrote:"
    text = f"{own}\n\n{head}\n{quoted(wrapped(ours))}\n\n-- \nAna\n"
    signature = part("-----BEGIN PGP SIGNATURE-----", "application/pgp-signature; name=signature.asc")  # fmt: skip
    return multipart("signed; micalg=pgp-sha256; protocol=application/pgp-signature", part(text, PLAIN), signature)  # fmt: skip


FORMS: tuple[Callable[[str, str], bytes], ...] = (
    *(outlook_windows, outlook_mac, outlook_web, outlook_phone, outlook_html, outlook_signed, outlook_tnef),
    *(gmail_web, gmail_phone, gmail_html, apple_mac, apple_phone),
    *(thunderbird, thunderbird_latin, as_windows, evolution, claws, mutt),
)  # fmt: skip

REPORT = "multipart/report; report-type={kind}; boundary=x"
# What no person sent, by what it is.
AUTOMATIC: dict[str, bytes] = {
    "an absence of Exchange": message("I am away.", Auto_Submitted="auto-generated", X_Auto_Response_Suppress="All"),
    "an absence of Gmail": message("I am away.", Auto_Submitted="auto-replied", Precedence="bulk", X_Autoreply="yes"),
    "an absence of Sieve": message("I am away.", Auto_Submitted="auto-replied (vacation)"),
    "an absence of an old program": message("I am away.", Precedence="auto_reply"),
    "an absence of Notes": message("I am away.", X_Autorespond="away"),
    "an automatic email that says so twice": message("I am away.", Auto_Submitted="no", auto_submitted="auto-replied"),
    "a mailing list": message("Welcome.", Precedence="list"),
    "a circular": message("Buy.", Precedence="Bulk"),
    "a receipt of reading": message("--x--", REPORT.format(kind="disposition-notification")),
    "a bounce": message("--x--", REPORT.format(kind="delivery-status"), Return_Path="<>"),
    "a bounce without its kind": message("Not delivered.", Return_Path="<>"),
    "an accepted meeting": multipart("alternative", part("Accepted", PLAIN), part("BEGIN:VCALENDAR", "text/calendar; method=REPLY")),
    "a meeting alone": message("BEGIN:VCALENDAR", "text/calendar; method=REPLY"),
    "our own email": message("Hello.", sender=f"Plan <{ANSWERS_TO}>"),
    "our own notices": message("Hello.", sender="plan-of-action@localhost"),
}  # fmt: skip
