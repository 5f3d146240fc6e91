"""The reports in Markdown: what they say, and that nothing from the rows breaks them."""

import re
from dataclasses import replace

from evals.figures import FIGURES
from evals.report.comparison import compare_markdown
from evals.report.markdown import markdown
from evals.report.page import html
from evals.report.sheets import PARTS, QUESTIONS, Against
from tests.report_rows import BASELINE, NOW, ROWS, found, row, run, since


def test_the_summary_names_figures_that_exist() -> None:
    assert {figure.name for figure in FIGURES} >= {*QUESTIONS, *PARTS}


def test_markdown_states_the_run_and_its_figures_with_n_and_unscored() -> None:
    graded = [row(f"c{n}", {"best sentence right": float(n < 3), "citation precision": None}) for n in range(4)]
    graded = [replace(each, scores={**each.scores, "cosine": {"best sentence right": 0.5}}) for each in graded]
    graded[0] = row("c0", {"best sentence right": 1.0, "citation precision": 1.0})
    text = markdown(run(), graded, None)
    first = text.splitlines()[0]
    assert "own" in first and "4 cases" in first and "abc1234+" in first and "43 s" in first and "2 cores" in first
    assert "Settings: top_k 10 · refuse_below 0.64" in text
    assert "embed_model" not in text, "what is unset is not listed"
    assert "0.75 (cosine 0.50)" in text
    assert re.search(r"\| best sentence right +\| +0\.750 \[0\.250, 1\.000\] \| 0\.500 \[0\.500, 0\.500\] \|", text)
    assert re.search(r"\| citation precision \| 1\.000 \[1\.000, 1\.000\] \| +3 \|", text), "unscored is counted apart"


def test_markdown_is_set_for_a_terminal() -> None:
    text = markdown(run(("own", "squad")), ROWS, None, found())
    assert max(map(len, text.splitlines())) <= 150
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert all(len({len(line) for line in block}) == 1 for block in tables), "columns are padded"
    assert "hit@5" not in text and "document MAP@5" in text
    assert re.search(r"\| retrieve +\| +\d", text)
    assert "| rightly refused | right |" in text, "a table by type"
    assert "split at full stops" in text


def test_paragraph_rankings_that_repeat_the_documents_are_left_out() -> None:
    same = [row(f"c{n}", {"document hit@1": n / 4, "paragraph hit@1": n / 4}) for n in range(4)]
    other = [row(f"c{n}", {"document hit@1": n / 4, "paragraph hit@1": 0.0}) for n in range(4)]
    assert "paragraph hit@1" not in markdown(run(), same, None)
    assert "paragraph hit@1" in markdown(run(), other, None)


def test_markdown_cannot_be_broken_by_a_name_in_the_rows() -> None:
    nasty = "a|b\n\x1b[31m`c`\u202e<!--"
    text = markdown(run(), [row(type_=nasty), row("c2")], Against(nasty, (row(suite="own"),)))
    assert "\x1b" not in text and "\u202e" not in text
    assert "a\\|b \\[31m\\`c\\` \\<!--" in text


def test_what_is_not_defined_is_a_dash() -> None:
    only = [row("c1", {"confidence": 0.5, "answerable": 1.0, "best sentence right": None})]
    for text in (markdown(run(), only, None), html(run(), only, None)):
        assert "–" in text
        assert "nan" not in re.sub(r"(?s)<(style|script)>.*?</\1>", "", text).lower()


def test_an_empty_run_and_a_single_case() -> None:
    for rows in ((), (row("c1", {"best sentence right": 1.0}),)):
        for against in (None, Against("before", rows), Against("before", ())):
            text, page = markdown(run(), rows, against), html(run(), rows, against)
            assert ("No case was graded." in text) == ("No case was graded." in page) == (not rows)
            assert page.startswith("<!doctype html>")
    assert "not finished" in markdown(replace(run(), finished=False), (), None)
    assert "not finished" in html(replace(run(), finished=False), (), None)


def test_what_changed_since_the_baseline_is_told() -> None:
    text = markdown(run(), NOW, BASELINE, since())
    assert "## Against baseline" in text
    assert re.search(r"- ▼ worse: own: best sentence right 0\.\d+ → 0\.\d+, −0\.\d+ \[−0\.\d+, −0\.\d+\], n=", text)
    assert "No figure changed beyond its interval." in markdown(run(), NOW[:9], Against("same", NOW[:9]))


def test_two_runs_are_compared_figure_by_figure_and_case_by_case() -> None:
    text = compare_markdown(run(), ROWS[:93], run(top_k=20), NOW[:93])
    assert re.search(r"- before: .*93 cases .* commit abc1234\+ ", text) and "- after: " in text
    assert "**Warning:** the runs differ in top_k 10 → 20." in text
    assert re.search(
        r"\| best sentence right +\| +0\.\d+ \| 0\.\d+ \| −0\.\d+ \[−0\.\d+, −0\.\d+\] \| +\d+ \| ▼ worse", text
    )
    assert re.search(r"\| answered +\| +0\.\d+ \| +0\.\d+ \| +0\.000 \| +\d+ \| = same", text)
    assert re.search(r"\| own +\| own-\d+ +\| .+\? +\| right → wrong +\| ▼ worse \|", text)
    same = compare_markdown(run(), ROWS[:9], run(), ROWS[:9])
    assert "Warning" not in same and "Changed outcomes: 0 worse, 0 better" in same
    was, now = (
        replace(row(scores={"right when answered": right}), question="why " * 60, suite="a|b") for right in (1.0, 0.0)
    )
    cut = compare_markdown(run(), [was], run(("a|b",)), [now])
    assert "suites own → a\\|b" in cut and "## a\\|b" in cut
    assert "| right → wrong | ▼ worse |" in cut and "why " * 21 not in cut and "…" in cut
