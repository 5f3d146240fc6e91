"""Page furniture is known as whole lines; prose that mentions the same things stays."""

import pytest

from index.parse.boilerplate import is_furniture, is_share_line


@pytest.mark.parametrize(
    "line",
    [
        "Share the Post:",
        "Share this:",
        "SHARE THIS ARTICLE",
        "Share on Facebook",
        "Share via Email",
        "Click to share on Twitter (Opens in new window)",
        "Tweet",
        "Exit mobile version",
    ],
)
def test_share_lines(line: str) -> None:
    assert is_share_line(line)
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "Print",
        "Advertisement",
        "ADVERTISEMENT",
        "Read more",
        "Read more »",
        "[Read more...]",
        "Subscribe to our newsletter",
        "Sign up for our daily newsletter",
        "Skip to content",
        "Skip to main content",
        "Related articles",
        "Related Posts:",
        "This website uses cookies to improve your experience. Accept",
        "We use cookies to give you the best experience on our website.",
        "Accept all cookies",
        "© 2024 The Seoul Dispatch. All rights reserved.",
        "Copyright 2024 Harbour Wire. All rights reserved.",
        "All rights reserved.",
        "Follow us on Facebook",
        "Follow Harbour Wire’s reporters on Facebook, Twitter (@wire) and Instagram.",
        "Click here to subscribe to the Harbour Wire newsletter",
        "CLICK HERE TO GET THE HARBOUR WIRE APP",
        "Sign up for our morning briefing and never miss a story.",
        "If you enjoyed this article, we have a proposition for you: Join our members today.",
        "If you buy something through this post, we may get a share of the sale.",
        "Already a subscriber? Log in",
        "To continue reading, please log in or register",
        "Enter your email address",
        "Please enable JavaScript to view the comments.",
        "12 comments",
        "Don’t miss",
    ],
)
def test_other_furniture(line: str) -> None:
    assert is_furniture(line)
    assert not is_share_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell on Tuesday after the treaty was announced.",
        "Share this burden, the minister told his allies.",
        "Print runs of the newspaper have doubled since the war began.",
        "Tweet storms followed the announcement.",
        "We use cookies in our bakery to win over children.",
        "Advertisement revenue fell by a tenth.",
        "Read more books, she said.",
        "Related articles of the treaty deal with trade.",
        "Copyright law was changed in 2024.",
        "Skip to content yourself with less?",
        "Subscribe to the view that deterrence works and you must pay for it.",
        "He was told to accept all cookies offered by his host.",
        "Comments on the treaty were sparse.",
        "Follow the money, the minister said on Monday.",
        "If you enjoyed this summer you will hate the winter.",
        "If you buy a house here you need a permit.",
        "Please enable us to do our work, the nurses wrote.",
        "To continue reading the treaty in this way is to break it.",
        "Click beetles jump when they are turned over.",
        "Don’t miss the point: the treaty was never signed.",
        "",
    ],
)
def test_prose_stays(line: str) -> None:
    assert not is_furniture(line)


def test_a_common_word_is_content_in_a_list_or_as_a_marked_heading() -> None:
    assert is_furniture("Print", alone=True)
    assert not is_furniture("Print", alone=False)
    assert is_furniture("Share on Facebook", alone=False)


def test_a_teaser_is_furniture_and_a_sentence_is_not() -> None:
    assert is_furniture("Related: Harbour bridge to open in spring")
    assert is_furniture("Read more: What the vote means for the islands")
    assert is_furniture("SEE MORE: Ferries moved to Oslo")
    assert not is_furniture("Related: the bridge was closed on Monday.")
