"""The API fuzzed from its own description: no failure of the server, and no answer that is not described."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.generation.case import Case
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from rag.answer import answer
from tests.api_support import NO_MODEL, SECRET_QUESTION, Doors, doors
from ui.people import Person, Role, Via

EXAMPLES = 12  # for every operation: of requests that fit its description, and of such that do not
DEAR = {"/api/briefs": 2}  # one request is up to twenty questions
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """One server, without a model, which would only slow it down."""
    with doors(tmp_path_factory.mktemp("fuzz"), NO_MODEL) as found:
        yield found


def known(desk: Doors) -> Mapping[str, object]:
    """Path parameters that lead somewhere: a document, and a conversation that Ann has had about it."""
    ann = Person("ann", Role.READER, frozenset({"board"}), Via.LOCAL)
    seen = desk.server.desk_of(ann)
    begun = desk.server.history.begin(ann, SECRET_QUESTION)
    kept = desk.server.history.add(ann, begun.id, answer(seen, SECRET_QUESTION, write=False), seen)
    return {"document_id": desk.secret, "number": 2, "id": begun.id, "model": "citedesk", "exchange": kept.id}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
def test_nothing_that_is_sent_breaks_the_server(desk: Doors, mode: GenerationMode) -> None:
    headers = {"Authorization": f"Bearer {desk.keys['ann']}"}
    schema = schemathesis.openapi.from_url(f"{desk.address}/api/openapi.json", headers=headers)
    places = known(desk)
    answers: Counter[tuple[str, int]] = Counter()
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
            continue  # any text may stand in a path

        @seed(6)
        @settings(
            max_examples=DEAR.get(operation.path, EXAMPLES),
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode), st.booleans())
        def check(case: Case[Any], real: bool) -> None:
            if real and mode is GenerationMode.POSITIVE:
                case.path_parameters |= {name: places[name] for name in case.path_parameters if name in places}
            response = case.call(headers=headers)
            answers[case.path, response.status_code] += 1
            case.validate_response(response, checks=CHECKS, headers=headers)

        with suppress(Unsatisfiable):  # there is nothing that does not fit
            check()
    if mode is GenerationMode.POSITIVE:
        paragraph = "/api/documents/{document_id}/paragraphs/{number}"
        assert {("/api/ask", 200), (paragraph, 200), (paragraph, 404), ("/source/{document_id}", 200)} <= answers.keys()
    assert answers.total() > 100
