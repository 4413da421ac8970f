"""Test the scanner of uploads with EICAR's test file, on a small clamd of our own."""

import io
import socket
import socketserver
import threading

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agencies.typed import scanner
from agencies.typed.fields import UploadField
from reports.requests.public.forms import VerifyForm
from tests.factories import MilestoneFactory, SeatFactory
from tests.security.test_check_service import found
from tests.security.test_logs import BACKEND
from tests.security.test_logs import log as log
from trafficking_plan.running.service_checks import State
from workitems.models import Evidence

# Harmless; every scanner takes it for malware. In two parts, so that none takes this file for it.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(socketserver.StreamRequestHandler):
    """The two commands that we use, as clamd's manual has them."""

    def handle(self):
        command = self.until_nul()
        if command == b"zPING":
            self.wfile.write(b"PONG\0")
        elif command == b"zINSTREAM":
            content = b""
            while length := int.from_bytes(self.rfile.read(4), "big"):
                content += self.rfile.read(length)
            self.server.scanned.append(len(content))
            self.wfile.write(self.server.verdict(content) + b"\0")

    def until_nul(self):
        text = b""
        while (byte := self.rfile.read(1)) not in (b"\0", b""):
            text += byte
        return text


def verdict(content):
    return b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"


def serve(server, settings, address):
    server.scanned, server.verdict = [], verdict
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    settings.SCANNER = address
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def clamd(settings):
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd)
    yield from serve(server, settings, f"127.0.0.1:{server.server_address[1]}")


@pytest.fixture
def clamd_by_path(settings, tmp_path):
    path = str(tmp_path / "clamd.ctl")
    yield from serve(socketserver.ThreadingUnixStreamServer(path, Clamd), settings, path)


@pytest.fixture
def clamd_away(settings):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.SCANNER = f"127.0.0.1:{closed.getsockname()[1]}"


@pytest.fixture
def add(client, db):
    """Return a function that adds a file as evidence, and the errors that its page says."""
    milestone = MilestoneFactory()
    item = milestone.item
    client.force_login(
        SeatFactory(agency=item.lead_agency, role="contributor").user, backend=BACKEND
    )
    address = reverse(
        "evidence:add-to-milestone", args=[item.plan.slug, item.number, milestone.number]
    )

    def post(content):
        answer = client.post(address, {"file": SimpleUploadedFile("notes.txt", content)})
        if answer.status_code == 302:
            return []
        assert answer.status_code == 422
        return answer.context["form"].errors["file"]

    return post


def test_a_clean_file_is_kept_whole(add, clamd):
    content = b"All is well. " * 20_000
    assert add(content) == []
    with Evidence.objects.get().file.open() as kept:
        assert kept.read() == content
    assert clamd.scanned == [len(content)]


def test_malware_is_refused_at_its_field_and_logged_without_the_files_name(add, clamd, log):
    assert add(EICAR) == [scanner.REFUSED]
    assert not Evidence.objects.exists()
    (line,) = [line for line in log() if line["event"] == "malware_refused"]
    assert line["malware"] == "Eicar-Test-Signature"
    assert line["user_id"]
    assert "notes" not in str(log())


def test_without_the_scanner_that_is_set_nothing_is_kept(add, clamd_away, log):
    assert add(b"All is well.") == [scanner.NOT_CHECKED]
    assert not Evidence.objects.exists()
    assert "upload_not_scanned" in [line["event"] for line in log()]


def test_a_scanner_without_a_verdict_lets_nothing_in(clamd):
    for verdict in (b"INSTREAM size limit exceeded. ERROR", b"", b"stream: OK maybe"):
        clamd.verdict = lambda content, verdict=verdict: verdict
        with pytest.raises(ValidationError, match="could not check"):
            scanner.refuse_malware(io.BytesIO(b"text"))


def test_a_scanner_that_is_not_set_is_not_asked(add, settings):
    assert settings.SCANNER == ""
    assert add(EICAR) == []


def test_a_scanner_on_this_machine_is_asked_by_its_path(clamd_by_path):
    assert scanner.name_of_malware(io.BytesIO(EICAR)) == "Eicar-Test-Signature"
    assert scanner.name_of_malware(io.BytesIO(b"text")) == ""


def test_the_service_check_asks_the_scanner(clamd):
    assert (found("Scanner").state, found("Scanner").sentence) == (
        State.WELL,
        "The scanner of uploads answers.",
    )


def test_the_service_check_says_that_the_scanner_is_away(clamd_away):
    assert found("Scanner").state is State.WRONG


def every_form(parent=forms.BaseForm):
    for each in parent.__subclasses__():
        yield each
        yield from every_form(each)


def test_every_form_scans_what_it_keeps():
    """The public form to verify a released file keeps and opens nothing."""
    with_files = {
        each
        for each in every_form()
        for field in getattr(each, "base_fields", {}).values()
        if isinstance(field, forms.FileField) and not isinstance(field, UploadField)
    }
    ours = {
        each for each in with_files if each.__module__.split(".")[0] not in {"django", "allauth"}
    }
    assert ours == {VerifyForm}
