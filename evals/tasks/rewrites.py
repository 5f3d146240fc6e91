"""Is a question of a conversation put so that it stands alone, as a person would put it?"""

from collections.abc import Sequence

from evals.cases import Rewrite
from evals.metrics import normalise, token_f1
from evals.results import OURS, Row, Task
from rag.followup import standalone

AS_ASKED = "as asked"


def rewrite_task(suite: str, rewrites: Sequence[Rewrite]) -> Task:
    """Grades citedesk's standalone question and, as the system "as asked", the question unchanged.

    Score: ``rewrite F1`` in [0, 1], the words shared with the person's question as in the official SQuAD script. The
    history is what the set states, each question as it was asked. The row's type tells whether the person changed
    more than case, punctuation and articles.
    """
    by_id = {rewrite.id: rewrite for rewrite in rewrites}

    def grade(id_: str) -> Row:
        rewrite = by_id[id_]
        given = {OURS: standalone(rewrite.question, rewrite.history), AS_ASKED: rewrite.question}
        wanted = (rewrite.standalone,)
        scores = {system: {"rewrite F1": token_f1(text, wanted)} for system, text in given.items()}
        alone = normalise(rewrite.question) == normalise(rewrite.standalone)
        kind = "stands alone" if alone else "needs rewriting"
        return Row(suite, id_, kind, rewrite.question, wanted, given[OURS], scores)

    return Task(tuple(by_id), grade)
