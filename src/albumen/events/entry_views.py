"""How what is in an event, and its sets, look over the API to those who have it."""

from collections.abc import Sequence

from pydantic import Field

from albumen.events import moderation, sets
from albumen.events.models import Event, EventSet
from albumen.http.views import Form, View
from albumen.kernel import ids
from albumen.kernel.pages import Page
from albumen.libraries import views
from albumen.libraries.models import File
from albumen.libraries.views import FileView
from albumen.unit import Unit

MOST_FILES = 10_000


class FilesForm(Form):
    """Files of the event's library, and the set they are to lie in."""

    file_ids: list[str] = Field(min_length=1, max_length=MOST_FILES)
    set_id: str | None = None

    def chosen(self) -> list[int]:
        """Their ids.  Raises NotFound where one can be none."""
        return [ids.decode(each) for each in self.file_ids]


class OrderForm(Form):
    """Photos to be moved in front of another one, or to the end, in the order told."""

    file_ids: list[str] = Field(min_length=1, max_length=MOST_FILES)
    before: str | None = None

    def chosen(self) -> list[int]:
        """Their ids.  Raises NotFound where one can be none."""
        return [ids.decode(each) for each in self.file_ids]


class SetForm(Form):
    """A set to make."""

    name: str = Field(min_length=1, max_length=255)


class SetPatch(Form):
    """What to change of a set; position 1 is the first."""

    name: str = Field("", min_length=1, max_length=255)
    position: int = Field(1, ge=1, le=10_000)


class SetView(View):
    """A part of an event."""

    set_id: str
    name: str
    file_count: int


class SetsView(View):
    """The parts of an event in their order."""

    sets: list[SetView]


class EntryView(FileView):
    """A photo of an event; where a guest gave it, who that was, and the label of the code it came by."""

    guest_name: str | None = None
    accessor_label: str | None = None


class EntriesView(View):
    """A page of the photos of an event."""

    files: list[EntryView]
    next: str | None


class MergeForm(Form):
    """The event whose photos are put in, too."""

    source: str


class MergedView(View):
    """How many photos were new."""

    added: int


def of_sets(unit: Unit, event: Event, wanted: Sequence[EventSet]) -> SetsView:
    """Sets of an event, with how many photos lie in each."""
    counts = sets.counts(unit, event)
    listed = [SetView(set_id=ids.encode(each.id), name=each.name, file_count=counts.get(each.id, 0)) for each in wanted]
    return SetsView(sets=listed)


def of_set(unit: Unit, event: Event, one: EventSet) -> SetView:
    """One set."""
    return of_sets(unit, event, [one]).sets[0]


def of_page(unit: Unit, event: Event, page: Page[File]) -> EntriesView:
    """A page of photos as the actor sees them, and who gave them."""
    givers = moderation.givers(unit, event, [file.id for file in page.items])
    listed = []
    for file, view in zip(page.items, views.of_files(unit, page.items), strict=True):
        name, label = givers.get(file.id, (None, None))
        listed.append(EntryView(**dict(view), guest_name=name, accessor_label=label))
    return EntriesView(files=listed, next=page.next)
