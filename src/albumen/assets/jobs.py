"""The jobs of this room: developing new originals, making renditions on request, exports, forgetting old downloads."""

from datetime import timedelta

from albumen.app import App
from albumen.assets import ingest
from albumen.assets.duplicates import grouping, pixels, resolving
from albumen.assets.exports import downloads, exporting, exports
from albumen.assets.films import video
from albumen.assets.pictures import jobs as pictures
from albumen.assets.places import naming
from albumen.assets.timelines import pins
from albumen.jobs.registry import JobKind, Priority, Task
from albumen.kernel.actor import SYSTEM
from albumen.libraries.uploads import CONVERT, DEVELOP

RENDER = "render"


def _develop(app: App, task: Task) -> None:
    ingest.develop(app, task.subject)
    pictures.queue(app, task.subject)


def _render(app: App, task: Task) -> None:
    signature, _, group = task.subject.partition(":")
    ingest.render(app, signature, ingest.GROUPS[group])


def _gave_up(app: App, task: Task, reason: str) -> None:
    with app.writing(SYSTEM) as unit:
        ingest.fail(unit, task.subject.partition(":")[0], reason)


def _not_converted(app: App, task: Task, reason: str) -> None:
    with app.writing(SYSTEM) as unit:
        video.fail(unit, task.subject, reason)


def _conversions(app: App) -> int:
    return app.settings.conversions


def _expire(app: App, _: Task) -> None:
    with app.writing(SYSTEM) as unit:
        downloads.expire(unit)
        pins.forget_old(unit)


def _expire_exports(app: App, _: Task) -> None:
    exports.expire(app)


def _expire_resolutions(app: App, _: Task) -> None:
    with app.writing(SYSTEM) as unit:
        resolving.expire(unit, unit.now - timedelta(hours=app.settings.libraries.undo_hours))


KINDS = (
    JobKind[App](DEVELOP, _develop, Priority.soon, _gave_up),
    JobKind[App](RENDER, _render, Priority.usual, _gave_up),
    JobKind[App](CONVERT, video.make, Priority.later, _not_converted, at_once=_conversions),
    JobKind[App](naming.KIND, naming.everywhere, Priority.later),
    *pictures.KINDS,
    JobKind[App](pixels.KIND, pixels.everywhere, Priority.later),
    JobKind[App](grouping.KIND, grouping.look, Priority.later, at_once=lambda _: 1),
    JobKind[App]("expire-resolutions", _expire_resolutions, Priority.later, every=timedelta(hours=1)),
    JobKind[App](exports.EXPORT, exporting.run, Priority.usual, exporting.fail, at_once=lambda _: 1),
    JobKind[App]("expire-downloads", _expire, Priority.later, every=timedelta(hours=1)),
    JobKind[App]("expire-exports", _expire_exports, Priority.later, every=timedelta(hours=1)),
)
