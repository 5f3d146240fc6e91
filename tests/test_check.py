"""The claim check: pairs of sentences kind by kind, and what it says of them."""

from collections.abc import Sequence
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.embed import MiniLM
from rag.checking.check import FEATURES, Judged, judge, weights
from rag.types import Verdict
from tests.claim_pairs import Pair, pairs

FLOOD = (
    "Two people died and about 1,400 were moved from their homes after the River Osk burst its banks near Lipnava. "
    "Water reached 4.6 metres at the town bridge. Mayor Zdenka Hrubosova said the sirens had failed to sound."
)


def told(source: str, claim: str, model: MiniLM, context: str = "") -> Judged:
    return judge(claim, [source], model, context=[context])


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: f"{pair.kind}: {pair.false}")
def test_of_a_pair_only_the_true_sentence_is_supported(pair: Pair, model: MiniLM) -> None:
    true, false = told(pair.source, pair.true, model), told(pair.source, pair.false, model)
    assert true.verdict is Verdict.SUPPORTED, true
    assert false.verdict is not Verdict.SUPPORTED, false


def test_there_are_pairs_of_every_kind() -> None:
    counts = {kind: sum(pair.kind == kind for pair in pairs()) for kind in {pair.kind for pair in pairs()}}
    assert len(counts) == 10
    assert min(counts.values()) >= 6


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: f"{pair.kind}: {pair.source[:40]}")
def test_a_source_supports_itself_word_for_word(pair: Pair, model: MiniLM) -> None:
    found = told(pair.source, pair.source, model)
    assert found.verdict is Verdict.SUPPORTED
    assert found.support == 1.0
    assert found.grounds


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (
            "About 1,400 people were moved and 9 percent of them were hurt.",
            "“9 percent” is not in the cited paragraph.",
        ),
        ("Water reached 5.6 metres at the town bridge.", "The paragraph says 4.6 metres, not 5.6 metres."),
        ("Mayor Jana Novakova said the sirens had failed to sound.", "“Jana Novakova” is not in the cited paragraph."),
        (
            "Mayor Hrubosova spoke of “a night of horror”.",
            "“a night of horror” is not in the cited paragraph word for word.",
        ),
        ("Water reached 4.6 metres at the town bridge.", "It stands word for word in the cited paragraph."),
        ("At the town bridge the water reached 4.6 metres.", "The cited paragraph says it."),
    ],
)
def test_the_reason_is_one_short_sentence(claim: str, reason: str, model: MiniLM) -> None:
    assert told(FLOOD, claim, model).reason == reason


def test_what_a_source_says_as_possible_is_partial_as_a_fact(model: MiniLM) -> None:
    found = told("The council may close the swimming pool in autumn.", "The council closed the swimming pool.", model)
    assert found.verdict is Verdict.PARTIAL
    assert found.reason == "The paragraph says that it may happen; the sentence says that it does."
    assert found.grounds


def test_without_evidence_nothing_is_supported(model: MiniLM) -> None:
    for evidence in ((), ("",), (" \n",)):
        assert judge("Water reached 4.6 metres.", evidence, model) == Judged(
            Verdict.UNSUPPORTED, "It cites no paragraph.", 0.0, ()
        )


def test_another_topic_is_unsupported_and_has_no_grounds(model: MiniLM) -> None:
    found = told(FLOOD, "The orchestra played a symphony by Mahler in the park.", model)
    assert found.verdict is Verdict.UNSUPPORTED
    assert found.grounds == ()


def test_grounds_are_sentences_of_the_evidence_the_best_first(model: MiniLM) -> None:
    other = "The orchestra gave a concert."
    found = judge("Water reached 4.6 metres at the bridge of the town.", [other, FLOOD], model)
    best = found.grounds[0]
    assert (best.index, FLOOD[best.start : best.end]) == (1, "Water reached 4.6 metres at the town bridge.")


def test_a_claim_may_rest_on_several_paragraphs(model: MiniLM) -> None:
    other = "The dam upstream of Lipnava is run by Vodna Energia."
    claim = "Water reached 4.6 metres at the town bridge, and the dam upstream is run by Vodna Energia."
    assert judge(claim, [FLOOD, other], model).verdict is Verdict.SUPPORTED
    assert judge(claim, [FLOOD], model).verdict is not Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        ("According to the Harbour Wire, water reached 4.6 metres at the town bridge.", True),
        ("On 9 October 2023 water reached 4.6 metres at the town bridge.", True),
        ("According to the Evening Post, water reached 4.6 metres at the town bridge.", False),
        ("On 9 October 2021 water reached 4.6 metres at the town bridge.", False),
        ("The outlet reported heavy losses.", False),
    ],
)
def test_names_and_dates_may_come_from_the_context_and_statements_not(
    claim: str, supported: bool, model: MiniLM
) -> None:
    context = "Heavy losses after the flood\nHarbour Wire, 9 October 2023"
    assert (told(FLOOD, claim, model, context).verdict is Verdict.SUPPORTED) == supported


def test_a_weekday_of_the_source_is_a_date_by_the_day_of_publication(model: MiniLM) -> None:
    source = "The ferry sank on Monday off the cape."
    context = "Ferry lost\nHarbour Wire, 11 October 2023"  # a Wednesday
    assert told(source, "The ferry sank off the cape on 9 October 2023.", model, context).verdict is Verdict.SUPPORTED
    assert (
        told(source, "The ferry sank off the cape on 10 October 2023.", model, context).verdict is not Verdict.SUPPORTED
    )


def test_markers_in_a_claim_are_no_figures(model: MiniLM) -> None:
    assert told(FLOOD, "Water reached 4.6 metres at the town bridge [3][12].", model).support == 1.0


@pytest.mark.parametrize(
    ("source", "true", "false"),
    [
        (
            "Der Fluss erreichte an der Brücke 4,6 Meter, sagte Bürgermeisterin Jana Novak.",
            "An der Brücke erreichte der Fluss 4,6 Meter, sagte Jana Novak.",
            "An der Brücke erreichte der Fluss 5,9 Meter, sagte Jana Novak.",
        ),
        (
            "Le maire Paul Morin a déclaré que « rien ne sera oublié » après l'incendie du 4 mai.",
            "Paul Morin a déclaré que « rien ne sera oublié » après l'incendie.",
            "Paul Morin a déclaré que « tout sera oublié » après l'incendie.",
        ),
    ],
)
def test_other_languages_have_figures_names_and_quotations(source: str, true: str, false: str, model: MiniLM) -> None:
    assert told(source, true, model).verdict is Verdict.SUPPORTED
    assert told(source, false, model).verdict is not Verdict.SUPPORTED


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=120), max_size=3))
def test_any_text_is_judged(claim: str, evidence: Sequence[str]) -> None:
    found = judge(claim, evidence, MODEL)
    assert 0 <= found.support <= 1
    assert found.reason
    for ground in found.grounds:
        assert evidence[ground.index].encode("utf-8", "replace").decode()[ground.start : ground.end].strip()


MODEL = MiniLM()


def test_no_weight_is_negative() -> None:
    fitted = weights()
    assert len(fitted.weights) == len(FEATURES)
    assert (fitted.weights >= 0).all()
    assert 0 < fitted.partial <= fitted.supported < 1


def test_a_second_claim_about_the_same_paragraphs_is_fast(model: MiniLM) -> None:
    evidence = [FLOOD, *(pair.source for pair in pairs()[:4])]
    judge("The sirens did not sound, said the mayor of the town.", evidence, model)
    started = perf_counter()
    judge("About 1,400 people had to leave home when the river burst its banks.", evidence, model)
    assert perf_counter() - started < 0.5  # about 20 ms on an idle machine; this one may be shared
