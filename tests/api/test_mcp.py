"""Test the MCP server by the SDK's own client: what nobody gets, and the program itself."""

import json
import subprocess
import sys
from pathlib import Path

import anyio
import httpx2
import pytest
from django.urls import reverse
from mcp import Client as McpClient
from mcp.client.stdio import StdioServerParameters

from tests.api.assistants import SITE, ask
from tests.api.programs import token_of
from tests.codebase.source import ROOT
from tests.factories import BriefingFactory, UpdateFactory
from trafficking_plan.api import mcp_server

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="the rules of seats and tokens decide"),
]
FILE = str(ROOT / "trafficking_plan" / "api" / "mcp_server.py")

# --- what nobody gets -----------------------------------------------------------------------

NOTHING = "There is nothing at this address that this API key may read."
QUESTIONS = {
    "plan_on_day": {},
    "what_changed": {"since": "2010-01-01"},
    "item": {"number": "1.1"},
    "papers": {},
}


def test_a_plan_of_others_is_nothing(people):
    token = token_of(people["other plan's coordinator"])
    assert people.plan.slug not in json.dumps(ask(token, "plans"))
    for tool, asked in QUESTIONS.items():
        assert ask(token, tool, plan=people.plan.slug, **asked) == NOTHING
        assert ask(token, tool, plan="none", **asked) == NOTHING


def test_an_ended_seat_is_nothing(people):
    token = token_of(people["former contributor"])
    for tool, asked in (QUESTIONS | {"plans": {}}).items():
        asked = asked if tool == "plans" else {"plan": people.plan.slug} | asked
        assert ask(token, tool, **asked).startswith("Send an API key that works")


def test_a_plan_with_a_sensitive_paper_is_nothing_without_a_second_step(people):
    token = token_of(people["contributor"])
    assert ask(token, "papers", plan=people.plan.slug)["count"] == 1
    BriefingFactory(plan=people.plan, marking="SENSITIVE", tracker_number="10/1")
    for tool, asked in QUESTIONS.items():
        refused = ask(token, tool, plan=people.plan.slug, **asked)
        assert refused.startswith("The person of this API key must use a second step.")


def test_another_agencys_draft_is_in_no_answer(people):
    UpdateFactory(
        of_return=people.round.returns.get(agency=people.agencies["police"]),
        item=people.item,
        achieved="A draft of Police",
    )
    token = token_of(people["other contributor"])
    for tool, asked in QUESTIONS.items():
        answer = ask(token, tool, plan=people.plan.slug, **asked)
        assert isinstance(answer, dict)
        assert "A draft of Police" not in json.dumps(answer)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"number": "9.9"}, NOTHING),
        ({"number": "../../../other"}, NOTHING),
        ({"number": "1.1", "day": "2090-01-01"}, "Choose a day up to today."),
    ],
)
def test_a_refusal_is_the_sentence_of_the_register(people, asked, sentence):
    token = token_of(people["contributor"])
    assert ask(token, "item", plan=people.plan.slug, **asked) == sentence


# --- as a program ---------------------------------------------------------------------------


def environment(**given):
    return {"PLAN_REGISTER_URL": "https://plans.example", "PLAN_REGISTER_API_KEY": "x"} | given


def test_the_service_gives_the_file_to_anybody(client):
    answer = client.get(reverse("api:mcp-server"))
    assert answer.content == Path(FILE).read_bytes()
    assert answer["Content-Disposition"] == 'attachment; filename="mcp_server.py"'


def test_the_file_alone_is_a_program_with_five_tools_that_read():
    async def listed():
        how = StdioServerParameters(command=sys.executable, args=["-I", FILE], env=environment())
        async with McpClient(how) as client:
            return (await client.list_tools()).tools

    tools = anyio.run(listed)
    assert [each.name for each in tools] == [
        "plans", "plan_on_day", "what_changed", "item", "papers",
    ]  # fmt: skip
    assert all(each.annotations.read_only_hint for each in tools)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"PLAN_REGISTER_API_KEY": ""},
            "Set PLAN_REGISTER_URL, such as https://plans.example.govt.nz",
        ),
        ({"PLAN_REGISTER_URL": "plans.example"}, "Set PLAN_REGISTER_URL, such as https://plans."),
        (
            {"PLAN_REGISTER_URL": "http://plans.example"},
            "PLAN_REGISTER_URL must begin with https://",
        ),
    ],
)
def test_without_an_address_or_a_token_it_does_not_start(given, sentence):
    done = subprocess.run(
        [sys.executable, "-I", FILE], env=environment(**given), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr.decode().startswith(sentence)) == (1, True)


def test_a_register_that_does_not_answer_is_said():
    class Away(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request):
            raise httpx2.ConnectError("refused")

    async def answer():
        register = httpx2.AsyncClient(base_url=SITE, transport=Away())
        async with McpClient(mcp_server.make_server(register)) as client:
            return await client.call_tool("plans", {})

    said = anyio.run(answer).content[0].text
    assert (
        said == "Error executing tool plans: The register cannot be reached at http://testserver."
    )
