"""The tables of a report for those who write: Markdown, LaTeX, and CSV in full precision."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

import xarray as xr

from truetoll.answers.records import Interval
from truetoll.render.tables import Cell, in_line
from truetoll.render.words import Words
from truetoll.report import answer, facts
from truetoll.report.subject import Subject, subject_of
from truetoll.report.tables import tables_of
from truetoll.studies.compare.records import Comparison
from truetoll.studies.compare.sheet import comparison_csv
from truetoll.studies.fit.sheet import summary_csv
from truetoll.studies.timeline.sheet import timeline_csv
from truetoll.text.messages import Message
from truetoll.visible import visible

_LATEX = {
    **{"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%"},
    **{"_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}"},
    **{"[": "{[}", "]": "{]}", "*": "{*}"},
    **{"\N{MULTIPLICATION SIGN}": r"$\times$", "\N{MINUS SIGN}": "$-$", "\N{NO-BREAK SPACE}": "~"},
}
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>|#&]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run."""


def _start(tree: xr.DataTree, language: str | None) -> tuple[Subject, Words]:
    subject = subject_of(tree)
    return subject, Words(language or subject.case.file.case.language)


def report_markdown(tree: xr.DataTree, language: str | None = None) -> str:
    """Write the answer and all tables of a run as Markdown.

    Parameters
    ----------
    tree : xarray.DataTree
    language : str, optional

    Returns
    -------
    str
    """
    subject, w = _start(tree, language)
    return (
        "\n\n".join([f"# {_plain(subject.summary.title)}", *_prose(subject, w, _plain, _code), *_markdown(subject, w)])
        + "\n"
    )


def _prose(subject: Subject, w: Words, escape: Callable[[str], str], code: Callable[[str], str]) -> list[str]:
    """Say the answer, or that there is none, how to cite it and how to make it again."""
    if subject.converged:
        said = answer.headline(subject, w)
        told = [said.sentence, said.rests, *filter(None, [said.others]), *said.why]
    else:
        why = "page.refused_base" if subject.without_base else "page.refused"
        told = [w.say("page.refused_title"), w.say(why)]
    return [*map(escape, (*told, facts.citation(subject, w))), code(facts.command(subject))]


def _markdown(subject: Subject, w: Words) -> Iterator[str]:
    for table in tables_of(subject, w):
        numbers = [bool(table.rows) and table.rows[0][i].number for i in range(len(table.head))]
        lines = [f"## {_plain(table.title)}", "", _piped(table.head)]
        lines += ["| " + " | ".join("---:" if n else "---" for n in numbers) + " |"]
        lines += [_piped(map(in_line, row)) for row in table.rows]
        yield "\n".join([*lines, *(["", _plain(table.note)] if table.note else [])])


def _piped(cells: Any) -> str:
    return "| " + " | ".join(map(_plain, cells)) + " |"


def _plain(text: str) -> str:
    """Write text so that Markdown shows it as it is, on one line."""
    return _MARKDOWN.sub(lambda found: f"\\{found.group()}", visible(" ".join(text.split())))


def _code(text: str) -> str:
    """Write a command so that Markdown leaves its hyphens and underscores alone: as a block set in by four."""
    return f"    {visible(' '.join(text.split()))}"


def report_latex(tree: xr.DataTree, language: str | None = None) -> str:
    r"""Write the answer and all tables of a run as LaTeX, to be put into a document with ``\input``.

    Parameters
    ----------
    tree : xarray.DataTree
    language : str, optional

    Returns
    -------
    str
        Needs package ``longtable``.
    """
    subject, w = _start(tree, language)
    head = ["% \\usepackage{longtable}", rf"\section*{{{_latex(subject.summary.title)}}}"]
    return "\n\n".join([*head, *_prose(subject, w, _latex, _typed), *_longtables(subject, w)]) + "\n"


def _longtables(subject: Subject, w: Words) -> Iterator[str]:
    for table in tables_of(subject, w):
        first = table.rows[0] if table.rows else ()
        columns = "".join("r" if cell.number else f"p{{{0.75 / len(first):.2f}\\linewidth}}" for cell in first)
        lines = [rf"\begin{{longtable}}{{{columns or 'l'}}}", rf"\caption{{{_latex(table.title)}}}\\", r"\hline"]
        lines += [_row(table.head), r"\hline", r"\endhead", *(_row(map(in_line, row)) for row in table.rows)]
        lines += [r"\hline", r"\end{longtable}"]
        yield "\n".join([*lines, *([_latex(table.note)] if table.note else [])])


def _row(cells: Any) -> str:
    return " & ".join(map(_latex, cells)) + r" \\"


def _typed(text: str) -> str:
    return rf"{{\raggedright\texttt{{{_latex(text)}}}\par}}"


def _latex(text: str) -> str:
    """Write text so that LaTeX shows it as it is: no command, no ligature of hyphens, no option of a line's end."""
    written = "".join(_LATEX.get(c, c) for c in visible(re.sub(r"[ \t\r\n\f\v]+", " ", text)))
    return re.sub("-(?=-)", "-{}", written)


def report_csv(tree: xr.DataTree, language: str | None = None) -> dict[str, str]:
    """Write the tables of a run as CSV: quantities, claims, sources, scenarios and time in full precision.

    Parameters
    ----------
    tree : xarray.DataTree
    language : str, optional
        Of the other tables.

    Returns
    -------
    dict of str to str
        Name of the table -> sheet.
    """
    subject, w = _start(tree, language)
    found = {
        t.key: _sheet([[_safe(h, None) for h in t.head], *([_safe(in_line(c), c) for c in row] for row in t.rows)])
        for t in tables_of(subject, w)
    }
    found = {key: sheet for key, sheet in found.items() if not key.startswith("scenarios_")}
    found |= {"quantities": summary_csv(subject.summary)} if subject.converged else {}
    found["claims"] = _records(subject.summary.claims)
    found["sources"] = _records(subject.summary.sources)
    if subject.summary.lists:
        found["lists"] = _records(subject.summary.lists)
    if subject.timeline is not None:
        found["timeline"] = timeline_csv(subject.timeline)
    if subject.comparison is not None:
        found["scenarios"] = comparison_csv(_titles_safe(subject.comparison))
    return found


def _records(records: Sequence[Any]) -> str:
    rows = [_flat(record) for record in records]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return _sheet([names, *([_safe(row.get(name, ""), None) for name in names] for row in rows)])


def _flat(record: Any) -> dict[str, Any]:
    """Write the numbers of an interval as columns of their own, messages in English."""
    found: dict[str, Any] = {}
    for name, value in ((each.name, getattr(record, each.name)) for each in fields(record)):
        if isinstance(value, Interval):
            found |= {f"{name}_{part}": x for part, x in asdict(value).items()}
        else:
            found[name] = str(value) if isinstance(value, Message) else value
    return found


def _safe(value: Any, cell: Cell | None) -> Any:
    """Keep a spreadsheet from running what somebody wrote; numbers of the program are left alone."""
    own = cell is not None and cell.number
    return f"'{value}" if isinstance(value, str) and not own and value.startswith(_FORMULA) else value


def _titles_safe(found: Comparison) -> Comparison:
    return replace(found, scenarios=tuple(replace(s, title=_safe(str(s.title), None)) for s in found.scenarios))


def _sheet(rows: Any) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return visible(out.getvalue())
