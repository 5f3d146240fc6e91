"""An optional judge: a chat model at an OpenAI-compatible endpoint grades answers and claims. Nothing else needs it.

Its word is worth what its agreement with people is, which ``agreement`` tells.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, NoReturn

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from evals.judge_prompt import AGAIN, Messages, about_answer, about_claim, parse, prompt_hash, sound
from evals.metrics import balanced_accuracy, estimate, kappa
from evals.report.layout import interval
from evals.results import OURS, Row
from index.errors import CitedeskError, SettingError
from rag.settings import Settings

JUDGE = "judge "  # a judge's system in the rows of claims is this and the model's name
PATIENCE = 5  # cases in a row on which the endpoint may fail
_RETRIES = 2  # by the client, after waiting as long as the endpoint asks for
_FATAL = (401, 402, 403, 404, 405)  # the next case would fare no better
_GOES_ON = "what was graded is kept, and the same command goes on from there"


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Reply(BaseModel):
    model: str | None = None
    choices: Annotated[list[_Choice], Field(min_length=1)]


class _Unscored(Exception):
    """This case gets no verdict; the message says why."""


def open_judge(settings: Settings) -> "Judge":
    """The judge that the settings name, asked once to see that it is there.

    Raises SettingError where none is named, CitedeskError where it does not answer.
    """
    if settings.judge_model is None:
        raise SettingError("no judge is named; set CITEDESK_JUDGE_MODEL to a chat model at OPENAI_BASE_URL")
    if settings.openai_base_url is None and settings.openai_api_key is None:
        raise SettingError(
            "the judge has no endpoint; set OPENAI_BASE_URL, such as http://127.0.0.1:11434/v1, "
            "or OPENAI_API_KEY for OpenAI's own"
        )
    return Judge(settings.judge_model, settings.openai_base_url, settings.openai_api_key, settings.timeout)


class Judge:
    """A chat model that grades. Raises CitedeskError, never with the key in its message."""

    def __init__(self, model: str, base_url: str | None, api_key: str | None, timeout: float) -> None:
        """Asks the model once: that pins the name it reports."""
        import openai  # 0.5 s, and only needed here

        self._model, self._timeout, self._failures = model, timeout, 0
        self._reported: str | None = None
        key = api_key or "none"  # local servers want none, the client insists on one
        self._client = openai.OpenAI(
            base_url=base_url, api_key=key, timeout=timeout, max_retries=_RETRIES, organization="", project=""
        )
        # Without what may stand in a URL as a password or a key.
        self._where = str(self._client.base_url.copy_with(userinfo=b"", query=None))
        try:
            self._ask(about_answer("What colour is snow?", ["white"], "Snow is white. [1]"))
        except _Unscored as error:
            raise CitedeskError(
                f"the judge {model!r} at {self._where} gave no verdict: {error}; check OPENAI_BASE_URL (it usually "
                "ends in /v1), CITEDESK_JUDGE_MODEL and CITEDESK_TIMEOUT"
            ) from None

    @property
    def name(self) -> str:
        """What decides its verdicts: the model, the name it reports where that is another, and the prompt's hash."""
        reported = "" if self._reported == self._model else f" ({self._reported or 'no name'} reported)"
        return f"{self._model}{reported}, prompt {prompt_hash()}"

    def grade(self, row: Row) -> Row:
        """The row with the judge's verdict: "judged right" of an answer to an answerable question that has accepted
        answers, "verdict" of a claim; None where it is unsure or gave none that can be used. Others unchanged."""
        labels = [scores["attributable"] for scores in row.scores.values() if "attributable" in scores]
        ours = row.scores.get(OURS, {})
        if labels:
            evidence = [passage.text for passage in row.passages]
            none = (None, "not scored: there is no evidence")
            score, why = self._score(about_claim(row.question, evidence)) if evidence else none
            system = {f"{JUDGE}{self._model}": {"verdict": score, "attributable": labels[0]}}
            return replace(row, scores={**row.scores, **system}, judged=why)
        if row.refused or not row.expected or ours.get("answerable") != 1.0:
            return row
        score, why = self._score(about_answer(row.question, row.expected, row.given))
        return replace(row, scores={**row.scores, OURS: {**ours, "judged right": score}}, judged=why)

    def _score(self, messages: Messages) -> tuple[float | None, str]:
        """The score, and what to keep of the reason."""
        try:
            said = self._ask(messages)
            try:
                found = parse(said)
            except ValueError as error:
                messages = [*messages, {"role": "assistant", "content": said}]
                messages.append({"role": "user", "content": AGAIN.format(error=sound(str(error)))})
                found = parse(self._ask(messages))
        except (_Unscored, ValueError) as error:
            return None, f"not scored: {sound(str(error))}"
        return {"right": 1.0, "wrong": 0.0, "unsure": None}[found.verdict], f"{found.verdict}: {found.reason}"

    def _ask(self, messages: Messages) -> str:
        """What the model says; _Unscored where this case cannot be judged, CitedeskError where none could be."""
        import openai

        create = self._client.chat.completions.with_raw_response.create
        try:
            raw = create(model=self._model, messages=messages, temperature=0, seed=0)
            reply = _Reply.model_validate_json(raw.text)
        except openai.APIStatusError as error:
            if error.status_code in _FATAL:  # not chained: the endpoint's words may repeat the key
                raise CitedeskError(
                    f"the judge at {self._where} answered {error.status_code} for model {self._model!r}; check "
                    f"OPENAI_BASE_URL, OPENAI_API_KEY and CITEDESK_JUDGE_MODEL; {_GOES_ON}"
                ) from None
            self._fail(f"the endpoint answered {error.status_code}")
        except openai.APITimeoutError:
            self._fail(f"no reply within {self._timeout:g} seconds")
        except UnicodeEncodeError:
            raise CitedeskError("OPENAI_API_KEY holds a character that no key has; copy it again") from None
        except openai.OpenAIError as error:
            if type(error.__cause__).__name__ == "ConnectError":  # of httpx or httpx2, whichever the client uses
                raise CitedeskError(
                    f"the judge at {self._where} cannot be reached; check OPENAI_BASE_URL, and that the server is "
                    f"running; {_GOES_ON}"
                ) from None
            self._fail(f"the endpoint could not be used ({type(error).__name__})")
        except ValidationError:
            self._fail("the endpoint answered with something else than a chat completion")
        self._failures = 0
        self._pin(reply.model or "")
        choice = reply.choices[0]
        if choice.finish_reason in ("length", "content_filter"):
            raise _Unscored(f"the reply was cut off ({choice.finish_reason})")
        return choice.message.content or ""

    def _fail(self, what: str) -> NoReturn:
        self._failures += 1
        if self._failures >= PATIENCE:
            raise CitedeskError(
                f"the judge at {self._where} failed on {PATIENCE} cases in a row, the last time: {what}; check the "
                f"server, and CITEDESK_TIMEOUT; {_GOES_ON}"
            ) from None
        raise _Unscored(what) from None

    def _pin(self, reported: str) -> None:
        if self._reported is None:
            self._reported = reported
        elif reported != self._reported:
            raise CitedeskError(
                f"the judge {self._model!r} reported model {self._reported!r} at first and {reported!r} now; verdicts "
                "of two models must not be mixed: name one that stays the same in CITEDESK_JUDGE_MODEL, and add --fresh"
            )


def agreement(rows: Sequence[Row]) -> str | None:
    """How far the judge of a run agrees with people, as a paragraph of Markdown; None where nothing was judged."""
    pairs = [
        (scores["verdict"], scores["attributable"])
        for row in rows
        for system, scores in row.scores.items()
        if system.startswith(JUDGE)
    ]
    if not pairs:
        judged = any("judged right" in row.scores.get(OURS, {}) for row in rows)
        text = "the judge was not validated in this run: add a set of claims with human labels (attributionbench)"
        return text if judged else None
    graded = np.array([pair for pair in pairs if None not in pair], dtype=np.float64).reshape(-1, 2)
    unscored = len(pairs) - len(graded)
    accuracy, beyond = (estimate(graded, figure, unscored) for figure in (balanced_accuracy, kappa))
    return (
        f"Judge against people: n={len(graded):,} claims with human labels; balanced accuracy {interval(accuracy)}, "
        f"Cohen's kappa {interval(beyond)}; {unscored:,} unscored (unsure, or no verdict that can be used)."
    )
