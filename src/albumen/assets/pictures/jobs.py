"""The jobs of pictures: looking at one, looking at all that were there before, grouping faces, tidying up."""

from datetime import timedelta

from albumen.app import App
from albumen.assets.pictures import faces, grouping, looking
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel.actor import SYSTEM

SEE, SEE_ALL, TIDY = "see", "see-all", "tidy-people"
_PAGE = 500


def begin(app: App) -> None:
    """Have all that is there looked at, where a setting asks for it: it may have been turned on just now."""
    if app.settings.seeing.wanted:
        with app.writing(SYSTEM) as unit:
            unit.jobs.add(SEE_ALL, terms=faces.LATER)


def queue(app: App, signature: str) -> None:
    """Have a content that was developed looked at, where a setting asks for it."""
    asked = app.settings.seeing.wanted
    if asked:
        with app.writing(SYSTEM) as unit:
            if looking.plan(unit, signature, asked) is not None:
                unit.jobs.add(SEE, signature, terms=faces.LATER)


def _see(app: App, task: Task) -> None:
    looking.see(app, task.subject)


def _gave_up(app: App, task: Task, reason: str) -> None:
    with app.writing(SYSTEM) as unit:
        looking.give_up(unit, task.subject, app.settings.seeing.wanted, reason)


def _see_all(app: App, task: Task) -> None:
    """Queue whatever lacks something, a page at a time."""
    asked = app.settings.seeing.wanted
    after, queued = "", 0
    while asked:
        with app.reading(SYSTEM) as unit:
            page = unit.db.scalars(looking.lacking(asked, after=after).limit(_PAGE)).all()
        with app.writing(SYSTEM) as unit:
            for signature in page:
                unit.jobs.add(SEE, signature, terms=faces.LATER)
        if len(page) < _PAGE:
            return
        after, queued = page[-1], queued + len(page)
        task.progress(0.0, f"{queued} queued")


def _tidy(app: App, _: Task) -> None:
    """Once an hour: vectors of what is gone go, too, and what came by another way than an upload is looked at."""
    with app.writing(SYSTEM) as unit:
        faces.forget_strays(unit)
        grouping.forget_nobodies(unit)
    begin(app)


KINDS = (
    JobKind[App](SEE, _see, Priority.later, _gave_up, at_once=lambda _: 1),
    JobKind[App](SEE_ALL, _see_all, Priority.later),
    JobKind[App](faces.GROUP, grouping.run, Priority.later),
    JobKind[App](TIDY, _tidy, Priority.later, every=timedelta(hours=1)),
)
