"""The reader's training questions are verbatim and in one part each; fitted weights rank as they should."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from evals.ablation import PARTS, ROOT, Part, take_out
from evals.reader.data import FREE, NEWS, Data, load, rows
from evals.reader.fuse import fit_logistic, fit_ranking, threshold


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """A crowd file of forty paragraphs, and our own news."""
    folder = tmp_path_factory.mktemp("squad")
    paragraphs = [
        {
            "context": f"Harbour  {n} opened in {1900 + n}.\nIt has {n + 2} piers.",
            "qas": [
                {
                    "id": f"q{n}",
                    "question": f"How many piers has harbour {n}?",
                    "answers": [{"text": f"{n + 2} piers", "answer_start": 31 + 2 * len(str(n))}],
                }
            ],
        }
        for n in range(40)
    ]
    (folder / "new_wiki_train.json").write_text(
        json.dumps({"data": [{"title": "Harbour_list", "paragraphs": paragraphs}]}), encoding="utf-8"
    )
    return load(folder)


def test_every_answer_is_a_stretch_of_its_paragraph(data: Data) -> None:
    for question in data.questions:
        text = data.paragraphs[question.about].text
        assert all(0 <= start < end <= len(text) for start, end in question.spans)
    crowd = [question for question in data.questions if not question.free]
    spans = [(data.paragraphs[q.about].text[start:end]) for q in crowd for start, end in q.spans]
    assert len(crowd) == 40 and all(span.endswith(" piers") for span in spans) and len(spans) == 40


def test_no_paragraph_and_no_cluster_of_news_is_in_two_parts(data: Data) -> None:
    parts: dict[str, set[str]] = {}
    for paragraph in data.paragraphs:
        parts.setdefault(paragraph.text, set()).add(paragraph.part)
        if paragraph.source == "news":
            parts.setdefault(paragraph.group, set()).add(paragraph.part)
    assert all(len(found) == 1 for found in parts.values())
    assert {paragraph.part for paragraph in data.paragraphs} == {"train", "fuse", "test"}


def test_our_own_answers_are_copied_word_for_word_and_short() -> None:
    texts = {row["id"]: row["text"] for row in rows(NEWS) if "text" in row}
    asked = [row for row in rows(NEWS) if "question" in row]
    assert len(texts) == len(set(texts.values()))
    for row in asked:
        assert all(answer in texts[row["paragraph"]] for answer in row["answers"])
    for row in [*asked, *rows(FREE)]:  # of others' paragraphs, no more than a few words are here
        assert all(len(answer.split()) <= 8 for answer in row["answers"])


def test_a_ranking_is_fitted_to_the_feature_that_tells_and_never_below_zero() -> None:
    chance = np.random.default_rng(3)
    features, right = [], []
    for _ in range(60):
        rows_ = chance.normal(size=(8, 3))
        features.append(rows_)
        right.append(np.arange(8) == np.argmax(rows_[:, 1] - rows_[:, 2]))
    found = fit_ranking(features, right, [1.0] * 60)
    assert found[1] > 5 * found[0] and found[2] == 0.0 and (found >= 0).all()


def test_a_logistic_model_tells_how_likely_a_label_is() -> None:
    chance = np.random.default_rng(5)
    features = chance.normal(size=(4000, 2))
    labels = chance.random(4000) < 1 / (1 + np.exp(-(2 * features[:, 0] - 1)))
    weights, bias = fit_logistic(features, labels, np.ones(4000))
    assert weights[0] == pytest.approx(2, abs=0.25) and weights[1] == pytest.approx(0, abs=0.1)
    assert bias == pytest.approx(-1, abs=0.15)


def test_the_threshold_parts_right_answers_from_others() -> None:
    sure = np.array([0.1, 0.2, 0.3, 0.345, 0.6, 0.7, 0.8])
    assert threshold(sure, np.array([0, 0, 0, 0, 1, 1, 1], dtype=np.bool_)) == pytest.approx(0.35)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_part_can_be_taken_out_of_a_copy(part: Part, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rag", tmp_path / "rag", ignore=shutil.ignore_patterns("__pycache__", "*.onnx"))
    take_out(part, tmp_path)
    changed = [
        path.name
        for path in (tmp_path / "rag").iterdir()
        if path.is_file() and path.read_bytes() != (ROOT / "rag" / path.name).read_bytes()
    ]
    assert len(changed) == (part is not PARTS[0])
