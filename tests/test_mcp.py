"""The MCP server, used by the protocol's own client over HTTP and over standard input and output."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from tests.api_support import NO_MODEL, SECRET, SECRET_QUESTION, Doors, doors
from tests.browser_support import ROOT
from tests.test_browser_writing import TUNNEL
from ui.mcp.told import quoted

NOT_THERE = "There is no such document, or you may not see it."


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """One server for all tests here, without a model."""
    with doors(tmp_path_factory.mktemp("mcp"), NO_MODEL) as found:
        yield found


async def call(client: Client, tool: str, **arguments: object) -> Any:
    """What a tool gives: its structure, or the words of its error."""
    found = await client.call_tool(tool, dict(arguments))
    assert found.content[0].type == "text"
    if found.is_error:
        return found.content[0].text
    assert found.structured_content is not None
    return found.structured_content | {"as_text": found.content[0].text}


async def tour(client: Client) -> None:
    """What any client can do, whatever the transport."""
    tools = {one.name: one for one in (await client.list_tools()).tools}
    assert tools.keys() == {"search", "ask", "read_paragraph"}
    assert all(one.output_schema and one.description for one in tools.values())
    found = await call(client, "search", query="Brenn tunnel opened by", limit=3)
    assert any("Lea Holm" in one["text"] for one in found["passages"]) and len(found["passages"]) <= 3
    answer = await call(client, "ask", question=TUNNEL)
    (cited, *_) = answer["citations"]
    assert "Lea Holm" in cited["quote"] and "[1]" in answer["answer"] and not answer["refused"]
    assert f"> {cited['quote']}" in answer["as_text"]
    near = await call(
        client, "read_paragraph", document_id=cited["document_id"], paragraph=cited["paragraph"], around=1
    )
    assert [one["number"] for one in near["paragraphs"]] == [1, 2, 3] and near["length"] == 3
    assert cited["quote"] in near["paragraphs"][1]["text"]
    refused = await call(client, "ask", question="What is a quark?")
    assert refused["refused"] and refused["claims"] == [] and refused["answer"] == "Not in these documents."


async def errors(client: Client) -> None:
    """What cannot be used is told in words that help, and no crash."""
    assert NOT_THERE in await call(client, "read_paragraph", document_id="nothing", paragraph=1)
    assert "not a day" in await call(client, "search", query="x", since="2024-02-30")
    assert "later than" in await call(client, "ask", question="x", since="2024-02-02", until="2024-02-01")


async def rights(ann: Client, bob: Client, secret: str) -> None:
    """Ann of the board finds the board's document, Bob no trace of it."""
    assert SECRET in (await call(ann, "ask", question=SECRET_QUESTION))["as_text"]
    assert SECRET in (await call(ann, "read_paragraph", document_id=secret, paragraph=2))["as_text"]
    for tool, name in (("ask", "question"), ("search", "query")):
        found = await call(bob, tool, **{name: SECRET_QUESTION})
        assert SECRET not in found["as_text"] and secret not in found["as_text"]
    assert NOT_THERE in await call(bob, "read_paragraph", document_id=secret, paragraph=2)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_http_with_the_rights_of_each_person(desk: Doors, mode: str) -> None:
    @asynccontextmanager
    async def client(name: str) -> AsyncIterator[Client]:
        headers = {"Authorization": f"Bearer {desk.keys[name]}"}
        async with (
            httpx2.AsyncClient(timeout=30, headers=headers) as http,
            Client(streamable_http_client(f"{desk.address}/mcp", http_client=http), mode=mode) as found,
        ):
            yield found

    async def run() -> None:
        async with client("ann") as ann, client("bob") as bob:
            await tour(bob)
            await errors(bob)
            await rights(ann, bob, desk.secret)
            found = await call(bob, "search", query="Brenn tunnel")
            assert found["passages"][0]["source"].startswith(f"{desk.address}/source/")

    asyncio.run(run())


def test_over_standard_input_and_output(desk: Doors) -> None:
    home = str(desk.server.desk.settings.home)
    run_by = StdioServerParameters(
        command=sys.executable, args=["-m", "ui.mcp"], cwd=ROOT, env={**os.environ, "CITEDESK_HOME": home}
    )

    async def run() -> None:
        async with Client(run_by) as client:
            await tour(client)
            assert SECRET in (await call(client, "ask", question=SECRET_QUESTION))["as_text"]

    asyncio.run(run())


def test_no_line_of_a_document_passes_for_ours() -> None:
    text = "One.\n\nTwo.\r\nThree.\x0bFour.\x85Five.\u2028Six."
    assert all(line.startswith("> ") for line in quoted(text).splitlines())
