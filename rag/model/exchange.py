"""One exchange with a chat endpoint: the request in the form that its server takes, the reply under its deadlines."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from rag.model.deadlines import Clock, Limits
from rag.model.trouble import EndpointError, Place, Trouble, said, seconds
from rag.model.wire import Malformed, Reader, Reported, Step, model_names

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

SHORT_WAIT = 2.0  # seconds; a busy endpoint that asks for no more is asked once again
_DRAIN = 0.2  # seconds for what follows the end of a reply, so that its connection can be used again
_KEPT = 30.0  # seconds that an unused connection is kept
_TOO_FEW = ("length", "max_tokens")  # finish reasons of a reply that was cut off at its most tokens


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation with a model."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Piece:
    """What the model wrote next; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a reply: "stop" where the model had said all, "length" where it was cut off at its most tokens."""

    finish: Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: at most ``most`` tokens of reply."""

    messages: tuple[Message, ...]
    most: int
    temperature: float
    limits: Limits


Item: TypeAlias = Piece | Ended | EndpointError  # Pieces, then one of the others
Put: TypeAlias = Callable[[Item], None]


@dataclass(frozen=True, slots=True)
class _Form:
    """What a server takes: newer models of OpenAI know no max_tokens and no temperature but their own."""

    tokens: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    temperature: bool = True


class Client:
    """The client of one endpoint, to be made and used on one event loop; it keeps the form that the server takes."""

    def __init__(self, place: Place, url: str, key: str) -> None:
        """Takes half a second in the first of a process. Raises EndpointError for a certificate file or a proxy
        named in the environment that cannot be used."""
        import httpx
        import openai

        self._place, self._form = place, _Form()
        try:
            http = httpx.AsyncClient(
                limits=httpx.Limits(max_keepalive_connections=20, keepalive_expiry=_KEPT), follow_redirects=False
            )
        except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
            reason = "SSL_CERT_FILE cannot be read" if isinstance(error, OSError) else "the proxy that is set"
            raise place.error(Trouble.TLS if isinstance(error, OSError) else Trouble.OTHER, reason) from None
        self._openai = openai.AsyncOpenAI(
            api_key=key, base_url=url, organization="", project="", max_retries=0, http_client=http
        )
        # The library imports and looks up the rest when it is first touched, which no deadline should pay for.
        _ = self._openai.chat.completions.with_streaming_response, self._openai.default_headers

    async def reply(self, asked: Asked, put: Put) -> None:
        """Asks, and puts the pieces of the reply as they come, then its end or what went wrong.

        Cancelling it closes the connection at once.
        """
        import httpx
        import openai

        clock = Clock(asked.limits)
        try:
            async with clock.timeout:
                await self._attempts(asked, clock, put)
        except TimeoutError:
            put(clock.error(self._place))
        except Reported as error:
            put(self._place.refused(error.status, error.said, ""))
        except Malformed as error:
            put(self._place.error(Trouble.MALFORMED, str(error)))
        except (openai.OpenAIError, httpx.HTTPError, httpx.InvalidURL) as error:
            put(self._place.unreached(error))

    async def models(self, limits: Limits) -> tuple[str, ...] | EndpointError:
        """The models that the endpoint lists, in its order, within ``limits.first`` seconds; or what went wrong."""
        import httpx
        import openai

        client = self._openai.with_options(timeout=httpx.Timeout(None, connect=limits.connect))
        try:
            async with asyncio.timeout(limits.first), client.models.with_streaming_response.list() as response:
                return model_names(await response.read())
        except TimeoutError:
            return self._place.error(Trouble.SLOW_START, f"{limits.first:g} s")
        except Malformed as error:
            return self._place.error(Trouble.MALFORMED, str(error))
        except openai.APIStatusError as error:
            if error.status_code == 404:
                told = f"{self._place.where} lists no models (404); check OPENAI_BASE_URL, which usually ends in /v1"
                return EndpointError(Trouble.MODEL, told)
            return self._place.refused(error.status_code, error.response.text, _retry_after(error))
        except (openai.OpenAIError, httpx.HTTPError, httpx.InvalidURL) as error:
            return self._place.unreached(error)

    async def close(self) -> None:
        """Closes the connections."""
        await self._openai.close()

    async def _attempts(self, asked: Asked, clock: Clock, put: Put) -> None:
        """Asks as often as it helps: once more after a short wait, and once in each other form."""
        import openai

        form, forms, waited = self._form, {self._form}, False
        while True:
            try:
                async with self._request(asked, form) as response:
                    self._form = form
                    await self._read(response.iter_bytes(), asked.most, clock, put)
                    return
            except openai.APIStatusError as error:
                body, after = error.response.text, _retry_after(error)
                problem = self._place.refused(error.status_code, body, after)
            other = _adapted(form, said(body))
            if problem.trouble is Trouble.BUSY and not waited and seconds(after) <= min(SHORT_WAIT, clock.left):
                waited = True
                await asyncio.sleep(problem.rest)
            elif problem.trouble in (Trouble.OTHER, Trouble.MODEL) and other not in forms:
                forms.add(other)
                form = other
            else:
                put(problem)
                return

    def _request(
        self, asked: Asked, form: _Form
    ) -> "AbstractAsyncContextManager[openai.AsyncAPIResponse[openai.AsyncStream[ChatCompletionChunk]]]":
        import httpx
        import openai

        # Half a surrogate pair, as a document may hold, cannot be sent.
        messages = [
            {"role": message.role, "content": message.content.encode("utf-8", "replace").decode()}
            for message in asked.messages
        ]
        return self._openai.chat.completions.with_streaming_response.create(
            model=self._place.model,
            messages=cast("list[ChatCompletionMessageParam]", messages),
            stream=True,
            temperature=asked.temperature if form.temperature else openai.omit,
            max_tokens=asked.most if form.tokens == "max_tokens" else openai.omit,
            max_completion_tokens=asked.most if form.tokens == "max_completion_tokens" else openai.omit,
            timeout=httpx.Timeout(None, connect=asked.limits.connect),
        )

    async def _read(self, chunks: AsyncIterator[bytes], most: int, clock: Clock, put: Put) -> None:
        reader, written, thought = Reader(), False, False
        async for step in _steps(reader, chunks):
            if step.text or step.thought:
                clock.alive()
            thought |= step.thought
            if step.text:
                written |= not step.text.isspace()
                put(Piece(step.text))
            if step.finish or step.over:
                break
        else:
            step = Step()
        clock.stop()
        if not step.finish:
            put(self._place.error(Trouble.CUT))
        elif step.finish == "content_filter":
            put(self._place.error(Trouble.FILTERED))
        elif not written:
            spent = step.finish in _TOO_FEW and thought
            put(self._place.error(Trouble.EMPTY, f"its {most} tokens went into reasoning" if spent else ""))
        else:
            put(Ended("length" if step.finish in _TOO_FEW else "stop"))
            await _drain(chunks)


async def _steps(reader: Reader, chunks: AsyncIterator[bytes]) -> AsyncIterator[Step]:
    async for data in chunks:
        for step in reader.feed(data):
            yield step
    for step in reader.end():
        yield step


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    """Reads what is left of a reply; a connection whose reply was not read to its end has to be closed."""
    import httpx

    try:
        async with asyncio.timeout(_DRAIN):
            async for _ in chunks:
                pass
    except (TimeoutError, httpx.HTTPError):
        return


def _adapted(form: _Form, report: str) -> _Form:
    """The form without what the server refuses; the same where its report names nothing of it."""
    if form.temperature and "temperature" in report:
        return replace(form, temperature=False)
    if form.tokens in report:
        return replace(form, tokens="max_completion_tokens" if form.tokens == "max_tokens" else "max_tokens")
    return form


def _retry_after(error: "openai.APIStatusError") -> str:
    header: str = error.response.headers.get("retry-after", "")
    return header
