"""What a notebook shows of a run: the sliders of its page by themselves, and a table where nothing can be moved."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from truetoll.render.words import Words
from truetoll.report.answer import headline
from truetoll.report.page import answered, environment, page_data, rendered
from truetoll.report.subject import Subject
from truetoll.studies.fit.tables import quantity_table

WORDS = "explore"
"""Section of what is said otherwise in a notebook than on a page, under the same names."""
_EXACT = "tt.explore(tree, exact=True)"


class NotebookWords(Words):
    """One language, as it speaks in a notebook."""

    @cached_property
    def _known(self) -> dict[str, Any]:
        known = super()._known
        return {**known, "question": {**known["question"], **known[WORDS]}}


def notebook_html(subject: Subject, w: NotebookWords) -> str:
    """Write the sliders of a run as a page of their own.

    Parameters
    ----------
    subject : Subject
        That converged.
    w : NotebookWords

    Returns
    -------
    str
        HTML that needs nothing else.
    """
    drawn = ("claims", "sources", "scenarios", "alternatives", "timeline")
    data = {name: value for name, value in page_data(subject, w).items() if name not in drawn}
    return rendered(
        "notebook.html",
        w,
        data | {"notebook": True},
        styles=("notebook.css",),
        subject=subject,
        notebook=True,
        title=subject.summary.title,
        exact_command=_EXACT,
        **answered(subject, w),
    )


def rest_html(subject: Subject, w: Words) -> str:
    """Write the answer of a run as it stands, without a script or a style.

    Parameters
    ----------
    subject : Subject
        That converged.
    w : Words

    Returns
    -------
    str
    """
    return (
        environment()
        .get_template("rest.html")
        .render(
            w=w,
            say=w.say,
            title=subject.summary.title,
            sentence=headline(subject, w).sentence,
            quantities=quantity_table(subject.summary, w),
        )
    )
