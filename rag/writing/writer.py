"""A model drafts; every sentence of it is checked when it is finished, and stands as far as it is supported."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from time import perf_counter

from index.embed import Embedding
from rag.guarding.guard import leaks
from rag.model.endpoint import Chat, Ended, EndpointError, Message, Quiet, Reply, Trouble
from rag.numbering import Numbering
from rag.types import Claim, Passage, Style, Verdict, Writing
from rag.writing.draft import Sentence, Written, written
from rag.writing.prompt import Offered, Prompt, prompt
from rag.writing.prove import Proved, joined, prove
from rag.writing.refusal import is_refusal, may_refuse

_PAUSE = 0.03  # seconds between two drafts: more often nobody sees
_QUIET = 0.3  # seconds of silence after which the last draft comes again: whoever reads may want to hang up
_LEAD_IN = (":", "：")  # a line that only introduces those below it says nothing to check
_ENDS = ".!?…”\"’')。！？"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be written: about which question, from which passages (best first, as many as have room in
    ``context_tokens``), how, by a model that takes ``today`` for the present day and writes ``answer_tokens`` at most.
    ``drop`` leaves out the sentences that nothing supports. ``cautions`` say of documents (by id) what better one there
    is, as ``rag.standing.cautions`` does."""

    question: str
    passages: Sequence[Passage]
    context_tokens: int
    answer_tokens: int
    style: Style
    today: date
    drop: bool
    cautions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """What there is of the model's answer: the checked ``claims``, the unchecked beginning of the next sentence, and
    how it came about. ``refused``: the model says that the paragraphs do not answer. ``cut``: it ran out of tokens."""

    claims: tuple[Claim, ...]
    rest: str
    writing: Writing
    refused: bool = False
    cut: bool = False


class Dictation:
    """An answer that a model is writing since this was made. It may be closed from any thread."""

    def __init__(self, chat: Chat, order: Order, numbering: Numbering, model: Embedding) -> None:
        """Asks the model, and returns at once. Raises EndpointError where it need not even be asked."""
        self._chat, self._order, self._numbering, self._model = chat, order, numbering, model
        self._closing = threading.Lock()
        self._closed = False
        self._asked, self._reply = self._open(order.context_tokens)

    def close(self) -> None:
        """Hangs up on the model; whoever reads the drafts gets no more of them."""
        with self._closing:
            self._closed = True
            self._reply.close()

    def drafts(self) -> Iterator[Draft]:
        """The draft as it grows, at most every 30 ms; again, unchanged, after every 0.3 s of silence. The last one is
        finished, unless this was closed.

        Raises EndpointError. Where the model cannot read so much at once, it is asked once more with half of it.
        """
        try:
            yield from self._drafts()
        except EndpointError as error:
            if error.trouble is not Trouble.OVERFLOW:
                raise
            with self._closing:
                if self._closed:
                    return
                self._asked, self._reply = self._open(self._order.context_tokens // 2)
            yield from self._drafts()

    def _open(self, budget: int) -> tuple[Prompt, Reply]:
        order = self._order
        asked = prompt(order.question, order.passages, budget, order.style, order.today, order.cautions)
        messages = [Message("system", asked.rules), Message("user", asked.task)]
        return asked, self._chat.stream(messages, most=order.answer_tokens)

    def _drafts(self) -> Iterator[Draft]:
        offered, proved = self._asked.offered, dict[Sentence, Proved]()
        allowed = frozenset(one.document.url for one in offered if one.document.url)
        started, shown, first = perf_counter(), 0.0, 0.0
        raw, cut = "", False
        while (piece := self._reply.within(_QUIET)) is not None:
            if isinstance(piece, Ended):
                cut = piece.finish == "length"
                continue
            if isinstance(piece, Quiet):
                some = Written((), "") if may_refuse(raw) else written(raw, len(offered), allowed)
                yield self._unchecked(some, proved, first)
                continue
            first = first or (perf_counter() - started) * 1000
            raw += piece.text
            if not may_refuse(raw) and perf_counter() - shown >= _PAUSE:
                some = written(raw, len(offered), allowed)
                yield self._unchecked(some, proved, first)
                new = next((one for one in some.sentences if one not in proved), None)
                if new is not None:
                    proved[new] = prove(new, offered, self._numbering, self._model)
                shown = perf_counter() if some.sentences or some.rest else 0.0
        if self._closed:
            return
        sentences = written(raw, len(offered), allowed, finished=True).sentences
        if cut and sentences and sentences[-1].text[-1:] not in _ENDS:
            sentences = sentences[:-1]
        refused = is_refusal(raw)
        if not refused:
            yield self._unchecked(Written(sentences, ""), proved, first)
        last = self._draft(() if refused else sentences, "", proved, first)
        yield replace(last, refused=refused, cut=cut)

    def _unchecked(self, some: Written, proved: dict[Sentence, Proved], first_token: float) -> Draft:
        """The draft with the claims that are checked; what follows them is shown as it came, before it is checked."""
        known = next((at for at, one in enumerate(some.sentences) if one not in proved), len(some.sentences))
        begun = [("\n" if one.breaks else " ") + one.lead + one.text for one in some.sentences[known:]]
        waiting = "".join([*begun, some.rest and f" {some.rest}"]).strip(" ").replace(" \n", "\n")
        rest = "" if leaks(waiting, self._asked.rules) else waiting
        return self._draft(some.sentences[:known], rest, proved, first_token)

    def _draft(
        self, sentences: Sequence[Sentence], rest: str, proved: dict[Sentence, Proved], first_token: float
    ) -> Draft:
        """``proved`` remembers what was checked already."""
        offered: tuple[Offered, ...] = self._asked.offered
        told = [one for one in sentences if one.cited or not one.text.endswith(_LEAD_IN)]
        kept = [one for one in told if not leaks(one.text, self._asked.rules)]
        for one in kept:
            if one not in proved:
                proved[one] = prove(one, offered, self._numbering, self._model)
        checked = [proved[one] for one in kept]
        claims = tuple(each.claim for each in checked)
        supported = tuple(claim for claim in claims if claim.verdict is not Verdict.UNSUPPORTED)
        writing = Writing(
            model=self._chat.model,
            unknown=sum(one.unknown for one in told),
            moved=sum(each.moved for each in checked),
            removed=sum(each.removed for each in checked),
            dropped=len(told) - len(supported if self._order.drop else claims),
            first_token=first_token,
        )
        return Draft(joined(supported if self._order.drop else claims, offered), rest, writing)
