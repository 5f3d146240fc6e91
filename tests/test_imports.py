"""The rooms stand on each other in one direction, and each third-party library is used in its own files only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "index": {"index"},
    "rag": {"index", "rag"},
    "ui": {"index", "rag", "ui"},
    "evals": {"index", "rag", "evals"},
}
# Libraries that must not spread: where each may be imported. numpy and rich are common.
HOMES = {
    "argon2": {"ui/access/passwords.py"},
    "authlib": {"ui/access/provider.py"},
    "chromadb": {"index/chroma.py", "index/collection.py", "index/vectors.py", "evals/bench/rivals.py"},
    "bm25s": {"evals/tasks/plain.py", "evals/reader/plan.py", "evals/fit_followup.py"},
    "charset_normalizer": {"index/parse/encoding.py"},
    "rensa": {"index/links/signature.py"},
    "docx": {"index/parse/office/word.py", "ui/exports/word.py"},
    "fastapi": {"ui"},
    "feedparser": {"index/parse/feeds/__init__.py"},
    "filelock": {"index/vectors.py", "index/ingest.py", "index/swap.py", "index/restore.py", "evals/runs.py"},
    "gradio": {"ui"},
    "httpx": {"index/chroma.py", "rag/model/exchange.py", "ui/api/example.py", "evals/serving/client.py"},
    "httpx2": {"ui/access/provider.py"},
    "itsdangerous": {"ui/access/sealed.py"},
    "jinja2": {"evals/report/page.py", "ui/access/pages.py"},
    "joserfc": {"ui/access/provider.py"},
    "jwt": {"ui/widget/tokens.py"},
    "ir_measures": {"evals/metrics.py"},
    "lxml": {"index/parse/html/__init__.py", "index/parse/html/markup.py", "index/parse/html/facts.py"},
    "llama_index": {"rag/llama.py", "evals/bench/rivals.py"},  # a second to import
    "markdown_it": {"index/parse/markdown.py"},
    "mcp": {"ui/mcp/tools.py"},
    "onnx": {"evals/embedder/export.py"},
    "onnxruntime": {"index/onnx.py", "evals/bench/pinned.py", "rag/crossencoder.py", "evals/reader/export.py"},
    "nupunkt": {"evals/tasks/segmenters.py"},
    "openpyxl": {"index/parse/office/sheets.py"},
    "pysbd": {"evals/tasks/segmenters.py"},
    "openai": {
        "index/embed.py",
        "rag/model/exchange.py",
        "evals/judge.py",
        "evals/judge_prompt.py",
        "evals/writing.py",
    },
    "opentelemetry": {"ui/operations/traces.py"},
    "platformdirs": {"rag/settings.py"},
    "prometheus_client": {"ui/operations/metrics.py"},
    "pydantic": {  # at the border to HTTP
        *("rag/model/wire.py", "evals/judge.py", "evals/judge_prompt.py", "ui/access/account.py", "ui/api/bodies.py"),
        *("ui/api/messages.py", "ui/api/openai_shapes.py", "ui/api/shapes.py", "ui/exports/brief_routes.py"),
        *("ui/keeping/bodies.py", "ui/mcp/shapes.py", "ui/mcp/tools.py", "ui/widget/routes.py"),
    },
    "PIL": {"index/pages.py"},
    "pptx": {"index/parse/office/slides.py"},
    "py3langid": {"index/parse/language.py"},
    "pypdfium2": {"index/parse/pdf/pdfium.py", "index/parse/pdf/page_text.py"},
    "scipy": {"evals/reader/fuse.py", "evals/metrics.py", "evals/entailment/fit.py"},
    "sqlite3": {
        *("index/database.py", "index/tables.py", "index/links/relations.py", "index/snapshot.py"),
        *("ui/access/file.py", "ui/keeping/store.py", "evals/kills/held.py", "evals/kills/older.py"),
    },
    "Stemmer": {"rag/terms.py", "evals/tasks/plain.py"},
    "syntok": {"index/sentences.py", "evals/tasks/segmenters.py"},
    "tiktoken": {"index/tokens.py"},
    "torch": {
        *("evals/reader/model.py", "evals/reader/train.py", "evals/reader/export.py", "evals/entailment/train.py"),
    },
    "transformers": {"evals/reader/model.py"},
    "tokenizers": {
        "index/onnx.py",
        "rag/crossencoder.py",
        "evals/bench/pinned.py",
        "evals/reader/groups.py",
        "evals/reader/export.py",
        "evals/entailment/train.py",
    },
    "trafilatura": {"index/parse/html/__init__.py", "evals/tasks/pages.py"},
    "uvicorn": {"ui/serve.py"},
    "watchfiles": {"ui/watch.py"},
}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield (node.module or "").split(".")[0]


def files() -> list[Path]:
    return [path for room in MAY_IMPORT for path in sorted((ROOT / room).rglob("*.py"))]


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_down_only_and_libraries_stay_home(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    room = name.split("/")[0]
    for module in imported(path):
        if module in MAY_IMPORT:
            assert module in MAY_IMPORT[room], f"{name} imports {module}"
        homes = HOMES.get(module)
        if homes is not None:
            assert name in homes or room in homes, f"{name} imports {module}, which belongs in {sorted(homes)}"


def test_only_settings_reads_the_environment() -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    }
    assert readers == {"rag/settings.py"}


def test_every_home_is_a_file_that_uses_its_library() -> None:
    for library, homes in HOMES.items():
        for home in homes:
            paths = [ROOT / home] if home.endswith(".py") else sorted((ROOT / home).rglob("*.py"))
            assert any(library in imported(path) for path in paths), f"{library} is not used in {home}"
