"""Every setting there is, and the only place that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_data_path

from rag.sharing import SHARING, Sharing, sharing
from rag.values import Setting, number, one_of, whole


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process; ``SETTINGS`` says what each is for."""

    home: Path
    host: str
    port: int
    chunk_tokens: int
    top_k: int
    read_tokens: int
    refuse_below: float
    embed_model: str | None
    judge_model: str | None
    model: str | None
    style: str
    unsupported: str
    check_model: str | None
    context_tokens: int
    answer_tokens: int
    write_seconds: float
    write_from: float
    openai_base_url: str | None
    openai_api_key: str | None
    timeout: float
    chroma_url: str | None
    sharing: Sharing

    def __repr__(self) -> str:
        """Without the key, which must not reach a log."""
        return (
            f"Settings(home={self.home}, host={self.host}, port={self.port}, embed_model={self.embed_model}, "
            f"model={self.model})"
        )


SETTINGS = (
    Setting("CITEDESK_HOME", "the platform's user data folder", "Folder that holds the library and the vector index."),
    Setting(
        "CITEDESK_HOST", "127.0.0.1", "Address the server listens on; the default is reached from this machine only."
    ),
    Setting("CITEDESK_PORT", "7860", "Port the server listens on; 0 picks a free one."),
    Setting(
        "CITEDESK_CHUNK_TOKENS",
        "200",
        "Size of a chunk in cl100k_base tokens, context line included; the built-in model reads 256 word pieces. "
        "A new value takes effect at the next ingest.",
    ),
    Setting("CITEDESK_TOP_K", "10", "Passages kept with an answer as what it was read from, best first."),
    Setting(
        "CITEDESK_READ_TOKENS",
        "2400",
        "Tokens of passages that the reader reads for an answer, nearest first; more cost time, about 50 ms per 1,000.",
    ),
    Setting(
        "CITEDESK_REFUSE_BELOW",
        "0.36",
        "Confidence, 0 to 1, that the answer is right, under which it is “not in these documents”; the default "
        "withheld most wrong answers for the fewest right ones on training questions.",
    ),
    Setting(
        "CITEDESK_MODEL",
        "",
        "Name of a chat model at OPENAI_BASE_URL that writes the answers; unset means the only model that is offered "
        "there, if there is only one, and else that answers are quotations.",
    ),
    Setting(
        "CITEDESK_STYLE",
        "brief",
        "How it writes: `brief` (a few sentences), `detailed` (a few paragraphs) or `bullets`; `ask --style` and the "
        "page choose another.",
    ),
    Setting(
        "CITEDESK_UNSUPPORTED",
        "strike",
        "What becomes of a sentence that the model wrote and no paragraph supports: `strike` shows it struck through, "
        "`drop` leaves it out.",
    ),
    Setting(
        "CITEDESK_CHECK_MODEL",
        "",
        "Name of a second chat model there that checks every written sentence as well; the stricter verdict counts.",
    ),
    Setting("CITEDESK_CONTEXT_TOKENS", "3000", "Tokens (cl100k_base) of paragraphs that the model is given."),
    Setting("CITEDESK_ANSWER_TOKENS", "900", "Tokens that the model may write."),
    Setting("CITEDESK_WRITE_SECONDS", "120", "Seconds the model may take for a whole answer."),
    Setting(
        "CITEDESK_WRITE_FROM",
        "0.1",
        "Confidence, 0 to 1, under which the model is not heard and the answer is “not in these documents”.",
    ),
    Setting(
        "CITEDESK_EMBED_MODEL",
        "",
        "Name of an embedding model at OPENAI_BASE_URL; unset means the built-in model, which needs no network.",
    ),
    Setting(
        "CITEDESK_JUDGE_MODEL",
        "",
        "Name of a chat model at OPENAI_BASE_URL that `citedesk eval --judge` grades with; nothing else needs one.",
    ),
    Setting(
        "OPENAI_BASE_URL",
        "",
        "OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1; unset means OpenAI's own.",
    ),
    Setting("OPENAI_API_KEY", "", "Key for that endpoint, where it wants one. It is never logged or shown."),
    Setting(
        "CITEDESK_TIMEOUT",
        "30",
        "Seconds to wait for that endpoint before giving up: for an embedding, or for a model's first word (half of it "
        "for each further word).",
    ),
    Setting("CHROMA_URL", "", "http://host:port of a Chroma server; unset means a Chroma folder under CITEDESK_HOME."),
    *SHARING,
)


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in ``environment`` (default: this process's); SettingError names a value that cannot be used."""
    given = os.environ if environment is None else environment
    values = {setting.name: given.get(setting.name, "").strip() or setting.default for setting in SETTINGS}
    home = given.get("CITEDESK_HOME", "").strip()
    return Settings(
        home=Path(home).expanduser().absolute() if home else user_data_path("citedesk", appauthor=False),
        host=values["CITEDESK_HOST"],
        port=whole(values, "CITEDESK_PORT", 0, 65535),
        chunk_tokens=whole(values, "CITEDESK_CHUNK_TOKENS", 50, 8000),
        top_k=whole(values, "CITEDESK_TOP_K", 1, 100),
        read_tokens=whole(values, "CITEDESK_READ_TOKENS", 1, 100_000),
        refuse_below=number(values, "CITEDESK_REFUSE_BELOW", 0, 1),
        embed_model=values["CITEDESK_EMBED_MODEL"] or None,
        judge_model=values["CITEDESK_JUDGE_MODEL"] or None,
        model=values["CITEDESK_MODEL"] or None,
        style=one_of(values, "CITEDESK_STYLE", ("brief", "detailed", "bullets")),
        unsupported=one_of(values, "CITEDESK_UNSUPPORTED", ("strike", "drop")),
        check_model=values["CITEDESK_CHECK_MODEL"] or None,
        context_tokens=whole(values, "CITEDESK_CONTEXT_TOKENS", 200, 1_000_000),
        answer_tokens=whole(values, "CITEDESK_ANSWER_TOKENS", 20, 100_000),
        write_seconds=number(values, "CITEDESK_WRITE_SECONDS", 1, 3600),
        write_from=number(values, "CITEDESK_WRITE_FROM", 0, 1),
        openai_base_url=values["OPENAI_BASE_URL"] or None,
        openai_api_key=values["OPENAI_API_KEY"] or None,
        timeout=number(values, "CITEDESK_TIMEOUT", 0.1, 3600),
        chroma_url=values["CHROMA_URL"] or None,
        sharing=sharing(values),
    )


def quiet_environment() -> None:
    """Switches off what the libraries would send home or download; to be called before they are imported."""
    os.environ["ANONYMIZED_TELEMETRY"] = "False"  # Chroma
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    found = find_spec("llama_index")  # not imported: that takes a second, and --help does not need it
    for folder in (found.submodule_search_locations if found else None) or ():
        os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(Path(folder, "core", "_static", "tiktoken_cache")))


def environment(home: Path) -> dict[str, str]:
    """This process's environment with another CITEDESK_HOME, for a child process."""
    return {**os.environ, "CITEDESK_HOME": str(home)}
