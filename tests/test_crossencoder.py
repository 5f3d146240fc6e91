"""The reader's model: what it says of the sentences of passages, whatever they hold and however they are batched."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.onnx import saturates
from index.sentences import sentences
from rag.checking.entailment import CLAIMS
from rag.crossencoder import (
    LONGEST_ANSWER,
    MAX_TOKENS,
    READER,
    Body,
    CrossEncoder,
    Scan,
    Weights,
    best_span,
    crossencoder,
)

ROOT = Path(__file__).parent.parent

FERRY = "The Aurora sank on Monday. She was built in 1987 by the Halden shipyard. Nobody was hurt."
SOUP = "Chop the onions. Fry them in butter until they are golden. Add the stock and simmer for an hour."


def body(text: str, context: str = "") -> Body:
    lead = f"{context}\n" if context else ""
    return Body(lead + text, sentences(text, len(lead)))


def test_the_sentence_that_answers_has_the_best_values() -> None:
    ferry, soup = crossencoder().scan("Which yard built the Aurora?", [body(FERRY, "Ferry news | Post"), body(SOUP)])
    assert ferry.relevance > soup.relevance
    assert int(np.argmax(ferry.sentence)) == int(np.argmax(ferry.span)) == 1


def test_the_answer_of_a_sentence_is_a_short_stretch_of_it() -> None:
    whole = body(FERRY, "Ferry news | Post")
    (scan,) = crossencoder().scan("Which yard built the Aurora?", [whole])
    for answer, sentence in zip(scan.answers, whole.sentences, strict=True):
        assert sentence.start <= answer.start < answer.end <= sentence.end
    best = scan.answers[1]
    assert "Halden" in whole.text[best.start : best.end]


def test_the_best_span_is_the_one_that_trying_all_finds() -> None:
    logits = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    every = [(s, e) for s in range(40) for e in range(s, min(40, s + LONGEST_ANSWER))]
    start, end = max(every, key=lambda span: logits[span[0], 0] + logits[span[1], 1])
    found = best_span(logits)
    assert (found.start, found.end) == (start, end + 1)


def test_scans_come_in_the_order_of_the_passages() -> None:
    texts = [FERRY, SOUP, f"{SOUP} {FERRY} {SOUP}", "Yes."]
    scans = crossencoder().scan("Which yard built the Aurora?", [body(text) for text in texts])
    assert [len(scan.sentence) for scan in scans] == [3, 3, 9, 1]
    alone = [crossencoder().scan("Which yard built the Aurora?", [body(text)])[0] for text in texts]
    # Integer products share one scale a batch, so a passage's figures move a little with its company.
    for one, other in zip(scans, alone, strict=True):
        assert one.relevance == pytest.approx(other.relevance, abs=1.5)


@pytest.mark.parametrize("weights", [READER, CLAIMS], ids=lambda weights: str(weights.name))
def test_the_arithmetic_for_processors_that_cut_sums_off_gives_the_same_figures(weights: Weights) -> None:
    texts = [FERRY, SOUP, f"{SOUP} {FERRY} {SOUP}"]
    plain, exact = (
        CrossEncoder(weights, each).relevance("The Aurora was built in 1987.", texts) for each in (False, True)
    )
    assert np.array_equal(plain, exact) or saturates()


def test_nothing_to_read_gives_nothing() -> None:
    assert crossencoder().scan("Why?", []) == []


def test_sentences_beyond_what_is_read_have_the_lowest_values() -> None:
    (scan,) = crossencoder().scan("Which yard built the Aurora?", [body(f"{FERRY} " + "Rain fell. " * MAX_TOKENS)])
    assert scan.sentence[-1] == scan.sentence.min() and scan.span[-1] == scan.span.min()
    assert scan.answers[-1].start == scan.answers[-1].end


def test_the_card_names_the_hash_of_the_file_that_is_there() -> None:
    data = (ROOT / "rag" / "reader.onnx").read_bytes()
    assert hashlib.sha256(data).hexdigest() in (ROOT / "evals" / "reader" / "MODEL_CARD.md").read_text(encoding="utf-8")


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=600), st.text(max_size=900))
def test_any_text_can_be_read(question: str, text: str) -> None:
    (scan,) = crossencoder().scan(question.encode("utf-8", "replace").decode(), [body(text)])
    assert isinstance(scan, Scan) and np.isfinite([scan.relevance, *scan.sentence, *scan.span]).all()
    assert len(scan.sentence) == len(scan.span) == len(scan.answers) == len(sentences(text))
