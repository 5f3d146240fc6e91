"""The language of a text is told where there is enough of it, and never guessed."""

import subprocess
import sys
from pathlib import Path

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


ENGLISH = (
    "The minister said on Monday that the bridge will remain closed until the autumn, and that nobody knew who had "
    "been there when the first of its pillars gave way. "
)
GERMAN = (
    "Der Minister sagte am Montag, dass die Brücke bis zum Herbst gesperrt bleibt, und dass niemand wisse, wer da war, "
    "als der erste ihrer Pfeiler nachgab. "
)
CHINESE = "部长星期一表示，这座桥将一直关闭到秋天，目前还不知道第一个桥墩倒塌时有谁在场。"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH * 20, "en"),
        (GERMAN * 20, "de"),
        (ENGLISH + GERMAN * 6, "de"),  # English words, but too few of them
        (ENGLISH + CHINESE * 30, "zh"),  # a quarter of the words, where the others have no spaces between
    ],
)
def test_common_english_words_make_no_other_text_english(text: str, language: str) -> None:
    assert language_of(text) == language


def test_plain_english_needs_no_model() -> None:
    program = f"import sys; from index.parse.language import language_of; print(language_of({ENGLISH * 3!r}), "
    program += "[name for name in ('py3langid', 'numpy') if name in sys.modules])"
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "en []"
