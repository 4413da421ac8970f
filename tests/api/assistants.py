"""Asks the MCP server as an assistant does, by the SDK's own client.

The server runs in a thread of this process, and Django's test client is in place of the network.
"""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from queue import Queue

import anyio
import httpx2
from django.test import Client
from mcp import Client as McpClient

from trafficking_plan.api import mcp_server

SITE = "http://testserver"


class ToTheTestClient(httpx2.AsyncBaseTransport):
    """Has the thread of the test answer, because within an event loop Django takes another connection."""

    def __init__(self):
        self.asked, self.given = Queue(), Queue()

    async def handle_async_request(self, request):
        self.asked.put(request)
        return self.given.get()

    def answer_until_done(self):
        while (request := self.asked.get()) is not None:
            headers = dict(request.headers) | {"Accept-Encoding": ""}
            answer = httpx2.Response(500)
            try:
                got = Client().get(request.url.raw_path.decode(), headers=headers)
                answer = httpx2.Response(
                    got.status_code, headers=dict(got.headers), content=got.content
                )
            finally:
                answer.request = request
                self.given.put(answer)


def ask(token, tool, **asked):
    """Return what the tool answers, or the sentence of its refusal."""
    network = ToTheTestClient()

    async def answer():
        headers = {"Authorization": f"Bearer {token}"}
        register = httpx2.AsyncClient(base_url=SITE, headers=headers, transport=network)
        async with McpClient(mcp_server.make_server(register)) as client:
            return await client.call_tool(tool, asked)

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(anyio.run, answer)
        future.add_done_callback(lambda _: network.asked.put(None))
        network.answer_until_done()
    found = future.result()
    if found.is_error:
        return found.content[0].text.removeprefix(f"Error executing tool {tool}: ")
    # What is read as text is the same.
    assert json.loads(found.content[0].text) == found.structured_content
    return found.structured_content


def words_of(client, address):
    """Return the words of a page, with single spaces."""
    page = client.get(address.removeprefix(SITE))
    assert page.status_code == 200, address
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())
