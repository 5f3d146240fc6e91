"""``citedesk eval``: measures answers, retrieval, citations, refusals and speed, and reports them."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from evals.cases import CORPUS
from evals.gate import BASELINE, judge_run, read_baseline, tell, write_baseline
from evals.judge import open_judge
from evals.report.comparison import compare_markdown
from evals.report.markdown import markdown
from evals.report.page import html
from evals.report.sheets import Against, findings
from evals.run import Advance, Progress, execute
from evals.runs import RunFolder, describe, open_run, read_run
from evals.suites import OWN, Place, Suite, find, own_suite
from index.errors import CitedeskError, UsageError
from rag.settings import Settings, read

HOME = Path("citedesk-eval")
_EPILOG = """examples:
  citedesk eval                               our own cases over the sample documents
  citedesk eval --data ~/sets                 every published set in the folders below ~/sets
  citedesk eval time --data ~/sets            one of them
  citedesk eval --data q.csv --documents DIR  your own questions (question, answers, document, quote, answerable)
  citedesk eval compare RUN RUN               two runs, case by case
  citedesk eval report RUN                    the reports of a run once more

Stopped with Ctrl-C, the same command goes on where it stopped."""


def main() -> int:
    """The command; returns its exit code: 0 done, 1 the gate failed, 2 it could not be done, 130 stopped."""
    given = sys.argv[1:]
    try:
        if given[:1] == ["compare"]:
            return _compare(given[1:])
        if given[:1] == ["report"]:
            return _report_again(given[1:])
        return _eval(_arguments(given))
    except CitedeskError as error:
        sys.stderr.write(f"citedesk eval: {error}\n")
        return 2
    except BrokenPipeError:  # the reader of the pipe has left
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        return 0
    except OSError as error:  # a full disk, a folder that may not be written to, a file that a set lacks
        sys.stderr.write(f"citedesk eval: {error.filename or 'the disk'}: {error.strerror or error}\n")
        return 2
    except KeyboardInterrupt:
        resumes = given[:1] not in (["compare"], ["report"]) and not {"--fresh", "--gate", "--move-baseline"} & set(
            given
        )
        sys.stderr.write(f"\nstopped{'; the same command goes on from here' if resumes else ''}\n")
        return 130


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="citedesk eval",
        description="Measure retrieval, answers, citations, refusals and speed; write results.jsonl and reports.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("suites", nargs="*", metavar="SUITE", help="the suites to run (default: all there are)")
    parser.add_argument(
        "--data", action="append", default=[], type=Path, metavar="PATH", help="a set, a folder of sets, or questions"
    )
    parser.add_argument(
        "--documents", type=Path, default=CORPUS, metavar="DIR", help="what your own questions are about"
    )
    parser.add_argument("--list", action="store_true", help="list the suites and stop")
    parser.add_argument("--limit", type=_positive, metavar="N", help="at most N cases of each suite, drawn with seed 0")
    parser.add_argument("--out", type=Path, metavar="DIR", help=f"folder of the run (default: one in {HOME}/)")
    parser.add_argument("--fresh", action="store_true", help="do not go on with an unfinished run")
    parser.add_argument("--against", type=Path, metavar="RUN", help="an earlier run to compare with in the report")
    parser.add_argument("--worst", type=_positive, default=50, metavar="N", help="cases a suite in the HTML report")
    parser.add_argument("--judge", action="store_true", help="let the model CITEDESK_JUDGE_MODEL grade as well")
    parser.add_argument("--write", action="store_true", help="let the model CITEDESK_MODEL write the answers")
    parser.add_argument("--gate", action="store_true", help="fail when our own cases fell below the baseline")
    parser.add_argument("--move-baseline", action="store_true", help="make this run the baseline, and tell what moved")
    parser.add_argument("--baseline", type=Path, default=BASELINE, metavar="FILE", help=argparse.SUPPRESS)
    parsed = parser.parse_args(given)
    if (parsed.gate or parsed.move_baseline) and (parsed.suites or parsed.data or parsed.limit or parsed.write):
        parser.error(
            "--gate and --move-baseline run all of our own cases, quoted; they take no suites, data, limit or --write"
        )
    return parsed


def _eval(parsed: argparse.Namespace) -> int:
    suites = _suites(parsed)
    if parsed.list:
        width = max(len(suite.name) for suite in suites)
        sys.stdout.writelines(f"{suite.name:{width}}  {suite.what}\n" for suite in suites)
        return 0
    given = read()
    settings = given if parsed.write else replace(given, model=None, check_model=None)
    judge = open_judge(settings) if parsed.judge else None
    names = [suite.name for suite in suites]
    name = judge.name if judge else None
    run = describe(names, parsed.data, parsed.documents, parsed.limit, name, _said(settings))
    against = _against(parsed.against, parsed.baseline, suites)  # told before an hour is spent
    baseline = read_baseline(parsed.baseline) if parsed.gate else None
    fresh = parsed.fresh or parsed.gate or parsed.move_baseline
    folder = open_run(HOME, run, parsed.out, fresh)
    if folder.rows:
        sys.stderr.write(f"going on with {folder.folder}: {len(folder.rows)} cases are done\n")
    with _bar() as advance:
        place = Place(HOME / "libraries", settings, lambda done, total, what: None)
        execute(folder, suites, place, judge.grade if judge else lambda row: row, advance)
    folder.run = replace(folder.run, finished=True)  # kept when the reports are there: till then it can be gone on with
    _write(folder, against, parsed.worst)
    folder.finish()
    folder.close()
    if parsed.move_baseline:
        return _move(folder, parsed.baseline)
    if baseline is not None:
        verdict = judge_run(folder.run, folder.rows, baseline)
        sys.stdout.write("\n".join(["", *tell(verdict, baseline.commit)]) + "\n")
        return 0 if verdict.passed else 1
    return 0


def _suites(parsed: argparse.Namespace) -> tuple[Suite, ...]:
    if not parsed.documents.is_dir():
        raise UsageError(f"{parsed.documents} is not a folder; --documents names what the questions are about")
    for folder in (HOME, parsed.out or HOME):  # the reports hold the questions and their answers
        if folder.resolve().is_relative_to(parsed.documents.resolve()):
            raise UsageError(f"{folder} lies in {parsed.documents}, whose files are searched; start it somewhere else")
    there = find(parsed.data, parsed.documents)
    known = {suite.name: suite for suite in (*there, own_suite())}
    wrong = [name for name in parsed.suites if name not in known]
    if wrong:
        raise UsageError(
            f"there is no suite {', '.join(wrong)}; there are {', '.join(sorted(known))} (--data adds more)"
        )
    return tuple(known[name] for name in dict.fromkeys(parsed.suites)) or there or (known[OWN],)


def _move(folder: RunFolder, path: Path) -> int:
    if path.exists():
        before = read_baseline(path)
        verdict = judge_run(folder.run, folder.rows, before)
        sys.stdout.write("\n".join(["", *tell(verdict, before.commit)[1:]]).rstrip() + "\n")
    write_baseline(folder.run, folder.rows, path)
    sys.stdout.write(f"{path} is now the run of commit {folder.run.commit or 'unknown'}, {len(folder.rows)} cases\n")
    return 0


def _compare(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="citedesk eval compare", description="Two runs, case by case.")
    parser.add_argument("before", type=Path, metavar="A", help="folder of the earlier run")
    parser.add_argument("after", type=Path, metavar="B", help="folder of the later run")
    parsed = parser.parse_args(given)
    before, after = read_run(parsed.before), read_run(parsed.after)
    sys.stdout.write(compare_markdown(before.run, before.rows, after.run, after.rows))
    return 0


def _report_again(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="citedesk eval report", description="The reports of a run once more.")
    parser.add_argument("run", type=Path, metavar="RUN", help="folder of the run")
    parser.add_argument("--against", type=Path, metavar="RUN", help="an earlier run to compare with")
    parser.add_argument("--worst", type=_positive, default=50, metavar="N", help="cases a suite in the HTML report")
    parsed = parser.parse_args(given)
    folder = read_run(parsed.run)
    _write(folder, _earlier(parsed.against) if parsed.against else None, parsed.worst)
    return 0


def _write(folder: RunFolder, against: Against | None, worst: int) -> None:
    found = findings(folder.rows, against)
    text = markdown(folder.run, folder.rows, against, found)
    (folder.folder / "report.md").write_text(text, encoding="utf-8")
    page = html(folder.run, folder.rows, against, worst, found)
    (folder.folder / "report.html").write_text(page, encoding="utf-8")
    sys.stdout.write(text)
    sys.stdout.write(f"\nresults.jsonl, report.md and report.html are in {folder.folder}\n")
    sys.stdout.flush()


def _against(run: Path | None, baseline: Path, suites: Sequence[Suite]) -> Against | None:
    """What the report compares with: a named run, or the committed baseline where our own cases are run."""
    if run is not None:
        return _earlier(run)
    if any(suite.name == OWN for suite in suites) and baseline.exists():
        committed = read_baseline(baseline)
        return Against(f"the baseline of commit {committed.commit or 'unknown'}", committed.rows)
    return None


def _earlier(path: Path) -> Against:
    folder = read_run(path)
    return Against(f"{path.name}, commit {folder.run.commit or 'unknown'}", tuple(folder.rows))


def _said(settings: Settings) -> dict[str, str | int | float | None]:
    """The settings that decide figures."""
    return {
        "chunk_tokens": settings.chunk_tokens,
        "top_k": settings.top_k,
        "refuse_below": settings.refuse_below,
        "embed_model": settings.embed_model,
        "embed_url": settings.openai_base_url if settings.embed_model else None,
        "model": settings.model,
        "style": settings.style if settings.model else None,
        "check_model": settings.check_model,
        "write_url": settings.openai_base_url if settings.model else None,
    }


@contextmanager
def _bar() -> Iterator[Advance]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        shown = ""

        def advance(at: Progress) -> None:
            nonlocal shown
            said = f"{at.suite}: {at.what}"
            if said != shown:
                shown = said
                bar.reset(task, total=at.total or None, description=said, completed=at.done)
            bar.update(task, completed=at.done, total=at.total or None)

        yield advance


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
