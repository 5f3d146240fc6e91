"""Settings: defaults, refusals that name the variable, and a README table that tells the truth."""

import re
from pathlib import Path

import pytest

from index.errors import SettingError
from rag.fitted import fitted
from rag.settings import SETTINGS, read

README = Path(__file__).parent.parent / "README.md"


def test_defaults_need_no_environment() -> None:
    settings = read({})
    assert settings.home.is_absolute()
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert settings.embed_model is None and settings.openai_api_key is None and settings.chroma_url is None


def test_the_default_threshold_is_the_fitted_one() -> None:
    assert read({}).refuse_below == fitted().refuse_below


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CITEDESK_PORT", "eighty"),
        ("CITEDESK_PORT", "70000"),
        ("CITEDESK_CHUNK_TOKENS", "5"),
        ("CITEDESK_TOP_K", "0"),
        ("CITEDESK_REFUSE_BELOW", "1.5"),
        ("CITEDESK_REFUSE_BELOW", "nan"),
        ("CITEDESK_TIMEOUT", "soon"),
    ],
)
def test_a_bad_value_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"{name}='{value}'"):
        read({name: value})


def test_the_key_is_in_no_representation() -> None:
    settings = read({"OPENAI_API_KEY": "sk-secret-1"})
    assert settings.openai_api_key == "sk-secret-1"
    assert "secret" not in repr(settings) and "secret" not in str(settings)


def test_the_readme_lists_every_setting_with_its_default_and_meaning() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([^|]*) \| ([^|]*) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert [(name, default.strip("` "), meaning.strip()) for name, default, meaning in rows] == [
        (setting.name, setting.default or "unset", setting.meaning) for setting in SETTINGS
    ]
