"""The language of a text is told where there is enough of it, and never guessed."""

import pytest

from index.parse.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The minister said on Monday that the bridge will remain closed until the autumn.", "en"),
        ("Der Minister sagte am Montag, dass die Brücke bis zum Herbst gesperrt bleibt.", "de"),
        ("Le ministre a dit lundi que le pont restera fermé jusqu’à l’automne.", "fr"),
        ("Міністр сказав у понеділок, що міст буде закрито до осені.", "uk"),
        ("Ministeren sa mandag at broen blir stengt til høsten, og at ingen var i fare.", "no"),
        ("Varga | 12 | 44 | 2024", None),
        ("Closed", None),
        ("", None),
        ("1234567890 " * 50, None),
    ],
)
def test_languages(text: str, language: str | None) -> None:
    assert language_of(text) == language
