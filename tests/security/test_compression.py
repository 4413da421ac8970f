"""Test which responses are sent with gzip, and that their length does not reveal their content."""

import gzip

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from tests.factories import SeatFactory
from trafficking_plan.frame.middleware import LONG_PAGE, CompressText

ACCEPTED = "gzip, deflate, br"
TEXT = "The plan, and the items of the plan. " * 40
LONG = TEXT * (LONG_PAGE // len(TEXT) + 1)


def sent(answer, encodings=ACCEPTED):
    """Return this answer as the middleware sends it to a browser that accepts these encodings."""
    request = RequestFactory().get("/", headers={"Accept-Encoding": encodings})
    return CompressText(lambda request: answer)(request)


@pytest.mark.django_db
def test_a_page_is_sent_with_gzip_to_browsers_that_accept_it(client):
    client.force_login(SeatFactory().user, backend="django.contrib.auth.backends.ModelBackend")
    path = "/account/password/change/"
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": ACCEPTED})
    assert not plain.has_header("Content-Encoding")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers["Content-Length"] == str(len(packed.content))
    assert b"Change your password" in gzip.decompress(packed.content)
    assert packed.headers["Cache-Control"] == plain.headers["Cache-Control"]


@pytest.mark.parametrize(
    "content_type",
    ["text/html; charset=utf-8", "text/csv", "text/calendar; charset=utf-8", "application/json"],
)
def test_text_is_compressed(content_type):
    answer = sent(HttpResponse(TEXT, content_type=content_type))
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content).decode() == TEXT


def test_text_that_is_sent_piece_by_piece_is_compressed():
    answer = sent(StreamingHttpResponse(iter([TEXT.encode()] * 3), content_type="text/csv"))
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.getvalue()).decode() == TEXT * 3


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse(TEXT, content_type="application/pdf"),
        HttpResponse(TEXT, content_type="application/zip"),
        HttpResponse(
            TEXT,
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        HttpResponse(TEXT, headers={"Content-Encoding": "br"}),
        StreamingHttpResponse([TEXT.encode()], content_type="application/pdf"),
        FileResponse([TEXT.encode()], content_type="text/plain"),
        HttpResponse("ok", content_type="text/plain"),
    ],
    ids=["pdf", "zip", "xlsx", "encoded already", "stream", "file", "short"],
)
def test_files_and_short_answers_are_sent_as_they_are(answer):
    encoding = answer.headers.get("Content-Encoding")
    assert sent(answer).headers.get("Content-Encoding") == encoding
    body = answer.getvalue()
    assert body in (TEXT.encode(), b"ok")


def test_a_long_page_is_compressed_once_by_the_quicker_level():
    answer = sent(HttpResponse(LONG))
    assert gzip.decompress(answer.content).decode() == LONG
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Length"] == str(len(answer.content))
    # The quicker level finds less.
    assert (
        len(answer.content) > len(gzip.compress(LONG.encode(), 6)) + CompressText.max_random_bytes
    )


@pytest.mark.parametrize("text", [TEXT, LONG], ids=["short", "long"])
def test_an_answer_with_a_tag_gets_a_weak_one(text):
    answer = sent(HttpResponse(text, headers={"ETag": '"1"'}))
    assert answer.headers["ETag"] == 'W/"1"'
    assert gzip.decompress(answer.content).decode() == text


@pytest.mark.parametrize("text", [TEXT, LONG], ids=["short", "long"])
def test_text_is_not_compressed_for_clients_that_do_not_accept_it(text):
    answer = sent(HttpResponse(text), "identity")
    assert not answer.has_header("Content-Encoding")
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("text", [TEXT, LONG], ids=["short", "long"])
def test_the_length_of_a_compressed_page_is_random(text):
    """Otherwise an attacker could guess a secret of the page from its length (BREACH)."""
    lengths = {len(sent(HttpResponse(text)).content) for _ in range(30)}
    assert len(lengths) > 5


@pytest.mark.django_db
def test_a_form_token_differs_in_each_response(client):
    tokens = {str(client.get("/account/sign-in/").context["csrf_token"]) for _ in range(3)}
    assert len(tokens) == 3
