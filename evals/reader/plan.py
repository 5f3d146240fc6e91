"""Which questions the reader learns from, in which order, and the paragraphs that it must tell from the right ones."""

import random
from collections.abc import Sequence

import bm25s
import numpy as np

from evals.reader.data import Data, Question
from index.embed import MiniLM, embed
from rag.terms import stem, words

FREE_SHARE = 0.6  # of the groups after the warm-up
NEAREST = 12  # negatives come from so many nearest


def plan(data: Data, warm: int, groups: int, chance: random.Random) -> list[Question]:
    """The questions in the order they are learnt from: crowd questions, then a mixture with our own."""
    asked = data.part("train")
    crowd = [question for question in asked if not question.free and question.spans]
    wiki = [question for question in crowd if data.paragraphs[question.about].context]
    others = [question for question in crowd if not data.paragraphs[question.about].context]
    crowd = [*wiki, *chance.sample(others, min(2 * len(wiki), len(others)))]
    free = [question for question in asked if question.free]
    return [*_repeated(crowd, warm, chance), *_mixed(crowd, free, groups, chance)]


def _mixed(crowd: list[Question], free: list[Question], wanted: int, chance: random.Random) -> list[Question]:
    ours = round(wanted * FREE_SHARE) if free else 0
    mixed = [*_repeated(free, ours, chance), *_repeated(crowd, wanted - ours, chance)]
    chance.shuffle(mixed)
    return mixed


def _repeated(questions: list[Question], wanted: int, chance: random.Random) -> list[Question]:
    found: list[Question] = []
    while len(found) < wanted:
        found += chance.sample(questions, min(len(questions), wanted - len(found)))
    return found


def mine(data: Data, order: Sequence[Question]) -> dict[str, list[int]]:
    """For the text of each question in ``order``, the paragraphs nearest to it by cosine and by BM25, in turns.

    Only paragraphs of the part ``train``, without those that hold one of its answers.
    """
    kept = [at for at, paragraph in enumerate(data.paragraphs) if paragraph.part == "train"]
    asked = list({question.text: question for question in order}.values())
    model = MiniLM()
    texts = [f"{data.paragraphs[at].context}\n{data.paragraphs[at].text}" for at in kept]
    matrix = embed(model, texts)
    vectors = embed(model, [question.text for question in asked])
    index = bm25s.BM25()
    index.index([[stem(word) for word in words(text)] for text in texts], show_progress=False)
    found: dict[str, list[int]] = {}
    for first in range(0, len(asked), 1000):
        some = asked[first : first + 1000]
        dense = np.argsort(-(vectors[first : first + 1000] @ matrix.T), axis=1)[:, : 2 * NEAREST]
        for question, row in zip(some, dense, strict=True):
            scores = index.get_scores([stem(word) for word in words(question.text)] or ["?"])
            lexical = np.argsort(-scores)[: 2 * NEAREST]
            answers = [data.paragraphs[question.about].text[start:end].lower() for start, end in question.spans]
            near: list[int] = []
            for place in (kept[int(each)] for pair in zip(row, lexical, strict=True) for each in pair):
                text = data.paragraphs[place].text.lower()
                if place != question.about and place not in near and not any(answer in text for answer in answers):
                    near.append(place)
            found[question.text] = near[: 2 * NEAREST]
    return found
