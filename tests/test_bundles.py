"""Files of several articles come apart where an editor would part them, and nothing else does."""

import pytest

from index.parse.articles import split
from index.parse.draft import Draft
from index.parse.markdown import parse_markdown
from index.parse.text import parse_text
from index.types import Precision
from tests.bundles import BUNDLES, SINGLE, A, Bundle, Found


def articles(text: str, name: str = "") -> tuple[Draft, ...]:
    return split((parse_markdown if name.endswith(".md") else parse_text)(text.encode()))


def told(draft: Draft) -> Found:
    published = draft.published.isoformat() if draft.published else None
    if published and draft.precision is not Precision.DAY:
        published = f"{published} {draft.precision.value}"
    return Found(draft.title or "", draft.outlet, draft.author, published, draft.url)


@pytest.mark.parametrize("bundle", BUNDLES, ids=[bundle.name for bundle in BUNDLES])
def test_a_bundle_becomes_its_articles(bundle: Bundle) -> None:
    assert tuple(map(told, articles(bundle.text, bundle.name))) == bundle.articles


@pytest.mark.parametrize("bundle", BUNDLES, ids=[bundle.name for bundle in BUNDLES])
def test_no_text_of_a_bundle_is_lost_and_none_of_its_fields_is_text(bundle: Bundle) -> None:
    whole = " ".join(block.text for article in articles(bundle.text, bundle.name) for block in article.blocks)
    assert A in whole
    for field in ("Load-Date", "LOAD-DATE", "LENGTH", "Message-ID", "End of", "HBTIM", "Copyright", "BYLINE", "Body"):
        assert field not in whole


@pytest.mark.parametrize("name", ["one.txt", "one.md"])
@pytest.mark.parametrize("text", SINGLE, ids=[text[:20].split("\n")[0] for text in SINGLE])
def test_one_article_stays_one(text: str, name: str) -> None:
    assert len(articles(text, name)) == 1
