"""The OpenAI-compatible door, used by OpenAI's own client."""

from collections.abc import Iterator

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletionMessageParam
from openai.types.chat.chat_completion_message import Annotation

from evals.model_server import Fault
from rag.types import Answer, Citation, Claim, Filters, Searched, Timings, Verdict
from tests.api_support import SECRET, SECRET_QUESTION, Doors, doors
from tests.test_browser_writing import BUILT, CARRIES, FALSE, TUNNEL, saying
from ui.api.told import told

FERRY = "Which shipyard built the ferry Aurora?"
QUOTE = {"citedesk": {"style": "quote"}}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """One server for all tests here."""
    with doors(tmp_path_factory.mktemp("openai")) as found:
        yield found


@pytest.fixture(scope="module")
def bob(desk: Doors) -> Iterator[openai.OpenAI]:
    """OpenAI's client with Bob's key."""
    with openai.OpenAI(base_url=f"{desk.address}/v1", api_key=desk.keys["bob"], max_retries=0) as client:
        yield client


def user(text: str) -> ChatCompletionMessageParam:
    """A user's message."""
    return {"role": "user", "content": text}


def check(desk: Doors, content: str, annotations: list[Annotation]) -> None:
    """Every marker in the content is an annotation that leads to the page where its quote is marked."""
    assert annotations
    for one in annotations:
        cited = one.url_citation
        assert content[cited.start_index : cited.end_index].strip("[]").isdecimal()
        assert cited.url.startswith(f"{desk.address}/source/")
        with desk.client("bob") as client:
            page = client.get(cited.url)
        assert page.status_code == 200 and "<mark>" in page.text and cited.title in page.text


def test_a_completion_is_cited(bob: openai.OpenAI, desk: Doors) -> None:
    found = bob.chat.completions.create(model="citedesk", messages=[user(TUNNEL)], extra_body=QUOTE)
    (choice,) = found.choices
    assert choice.finish_reason == "stop" and choice.message.content and choice.message.annotations
    check(desk, choice.message.content, choice.message.annotations)
    assert found.usage and found.usage.total_tokens == found.usage.prompt_tokens + found.usage.completion_tokens
    assert found.model_extra and found.model_extra["citedesk"]["answer"] == choice.message.content


@pytest.mark.parametrize("body", [QUOTE, None])
def test_a_stream_is_checked_text_and_ends_with_its_annotations(
    bob: openai.OpenAI, desk: Doors, body: dict[str, object] | None
) -> None:
    desk.script.reply = saying(BUILT, FALSE, CARRIES, delay=0.01)
    chunks = list(
        bob.chat.completions.create(
            model="citedesk",
            messages=[{"role": "system", "content": "Answer in rhyme."}, user(FERRY)],
            stream=True,
            stream_options={"include_usage": True},
            temperature=0.3,
            max_tokens=5,
            extra_body=body,
        )
    )
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    content = "".join(delta.content or "" for delta in deltas)
    last = next(chunk for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason == "stop")
    assert last.choices[0].delta.model_extra and last.model_extra
    assert content == last.model_extra["citedesk"]["answer"] and FALSE not in content and "Halden" in content
    check(desk, content, [Annotation.model_validate(one) for one in last.choices[0].delta.model_extra["annotations"]])
    assert chunks[-1].choices == [] and chunks[-1].usage and chunks[-1].usage.completion_tokens > 5


def test_earlier_messages_are_the_history(bob: openai.OpenAI) -> None:
    messages: list[ChatCompletionMessageParam] = [
        user(TUNNEL),
        {"role": "assistant", "content": "Lea Holm opened it. [1]"},
        {"role": "user", "content": [{"type": "text", "text": "When was it opened?"}]},
    ]
    found = bob.chat.completions.create(model="citedesk", messages=messages, extra_body=QUOTE)
    assert found.model_extra and "tunnel" in found.model_extra["citedesk"]["standalone"]


def test_a_refusal_is_an_answer_without_annotations(bob: openai.OpenAI) -> None:
    found = bob.chat.completions.create(model="citedesk", messages=[user("What is a quark?")], extra_body=QUOTE)
    assert found.choices[0].message.content == "Not in these documents."
    assert found.choices[0].message.annotations == []


def test_what_may_not_be_seen_is_not_there(bob: openai.OpenAI) -> None:
    found = bob.chat.completions.create(model="citedesk", messages=[user(SECRET_QUESTION)], extra_body=QUOTE)
    assert SECRET not in found.to_json()


def test_the_model_is_listed(bob: openai.OpenAI) -> None:
    assert [model.id for model in bob.models.list()] == ["citedesk"]
    assert bob.models.retrieve("citedesk").owned_by == "citedesk"


def test_errors_are_those_that_clients_know(bob: openai.OpenAI, desk: Doors) -> None:
    with pytest.raises(openai.NotFoundError, match="citedesk"):
        bob.chat.completions.create(model="gpt-4.1", messages=[user(TUNNEL)])
    picture: ChatCompletionMessageParam = {
        "role": "user",
        "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}],
    }
    with pytest.raises(openai.BadRequestError, match="text only"):
        bob.chat.completions.create(model="citedesk", messages=[picture])
    with pytest.raises(openai.BadRequestError, match="leave `n` out"):
        bob.chat.completions.create(model="citedesk", messages=[user(TUNNEL)], n=2)
    with pytest.raises(openai.BadRequestError, match="response_format"):
        bob.chat.completions.create(model="citedesk", messages=[user("x")], response_format={"type": "json_object"})
    with pytest.raises(openai.BadRequestError, match="no question"):
        bob.chat.completions.create(model="citedesk", messages=[{"role": "system", "content": "x"}])
    with (
        openai.OpenAI(base_url=f"{desk.address}/v1", api_key="cd_wrong", max_retries=0) as stranger,
        pytest.raises(openai.AuthenticationError),
    ):
        stranger.models.list()


def test_a_busy_server_says_so(bob: openai.OpenAI, desk: Doors) -> None:
    desk.script.reply = Fault.STALL_FIRST
    with bob.chat.completions.create(model="citedesk", messages=[user(FERRY)], stream=True) as stream:
        next(iter(stream))
        with pytest.raises(openai.RateLimitError):
            bob.chat.completions.create(model="citedesk", messages=[user(FERRY)])


cited = st.builds(
    Citation,
    number=st.integers(1, 40),
    document_id=st.just("d"),
    version=st.just("v"),
    title=st.just("t"),
    outlet=st.none(),
    published=st.none(),
    url=st.none(),
    paragraph=st.just(1),
    page=st.none(),
    start=st.just(0),
    end=st.just(4),
    quote=st.just("text"),
)
claims = st.builds(
    Claim,
    text=st.text(min_size=1).map(str.strip).filter(bool),
    citations=st.lists(cited, max_size=3).map(tuple),
    verdict=st.sampled_from(Verdict),
    lead=st.sampled_from(["", "- ", "1. "]),
    breaks=st.booleans(),
)


@given(st.lists(claims, max_size=5).map(tuple), st.booleans())
def test_the_content_is_the_answers_text(found: tuple[Claim, ...], refused: bool) -> None:
    answer = Answer("q", "q", found, refused, 1.0, (), (), Searched(1, Filters()), Timings())
    text = told(answer, "")
    assert text.content == answer.text
    assert "".join(text.pieces(0)) == text.content
    for one in text.annotations:
        assert text.content[one.start : one.end].strip("[]").isdecimal()
