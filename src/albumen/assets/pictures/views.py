"""How people, faces and what was seen look over the API."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from albumen.assets.pictures.models import Face, Person, Seen
from albumen.assets.pictures.people import Known
from albumen.http.views import Form, View
from albumen.kernel import ids
from albumen.kernel.errors import Invalid
from albumen.kernel.pages import Page
from albumen.libraries import views
from albumen.libraries.models import File
from albumen.libraries.views import FileView
from albumen.unit import Unit


class BoxView(View):
    """A part of an upright picture, in shares (0 to 1) of its width and height."""

    x: float
    y: float
    width: float
    height: float


class PersonView(View):
    """Somebody in the files that the caller sees.  The cover is one of these, and `coverBox` the face in it."""

    person_id: str
    name: str | None
    hidden: bool
    file_count: int
    cover_file_id: str
    cover_face_id: str
    cover_box: BoxView


class PeopleView(View):
    """A page of people."""

    people: list[PersonView]
    next: str | None


class PersonFilesView(View):
    """A page of the files somebody is in."""

    files: list[FileView]
    next: str | None


class PersonForm(Form):
    """What to change; a `name` of null takes the name away, a `coverFaceId` of null leaves the choice to Albumen."""

    name: str | None = Field(None, max_length=1000)
    hidden: bool | None = None
    cover_face_id: str | None = None

    def told(self) -> dict[str, Any]:
        """What was told, by field.  Raises NotFound where an id can be none."""
        told = self.model_dump(exclude_unset=True)
        if self.cover_face_id is not None:
            told["cover_face_id"] = ids.decode(self.cover_face_id)
        return told


class MergeForm(Form):
    """Who is the same person, and goes."""

    source: str


class FaceForm(Form):
    """Whose face it is: `personId`, or null for somebody not known yet; or `ignored`, that it is no face to know."""

    person_id: str | None = None
    ignored: bool = False

    def whose(self) -> int | None:
        """The id of the person.  Raises Invalid where nothing was told, NotFound where the id can be none."""
        if "person_id" not in self.model_fields_set:
            raise Invalid("There is nothing to change.", errors=[("personId", "is missing")])
        return None if self.person_id is None else ids.decode(self.person_id)


class FaceView(View):
    """A face in a file."""

    face_id: str
    box: BoxView
    person_id: str | None
    name: str | None


class FacesView(View):
    """The faces in a file, from its left."""

    faces: list[FaceView]


class ObjectView(View):
    """A word for what a photo shows, with how sure that is (0 to 1)."""

    name: str
    score: float


class SeenView(View):
    """What was seen in a photo.  Without `text` or `objects` nothing has looked for them yet."""

    text: str | None
    objects: list[ObjectView] | None


def of_person(known: Known) -> PersonView:
    """Somebody as the actor sees them."""
    return PersonView(
        person_id=ids.encode(known.person.id),
        name=known.person.name,
        hidden=known.person.is_hidden,
        file_count=known.file_count,
        cover_file_id=ids.encode(known.cover_file_id),
        cover_face_id=ids.encode(known.cover.id),
        cover_box=_box(known.cover),
    )


def _box(face: Face) -> BoxView:
    return BoxView(x=face.x, y=face.y, width=face.width, height=face.height)


def of_people(page: Page[Known]) -> PeopleView:
    """A page of people as the actor sees them."""
    return PeopleView(people=[of_person(each) for each in page.items], next=page.next)


def of_files(unit: Unit, page: Page[File]) -> PersonFilesView:
    """A page of files as the actor sees them."""
    return PersonFilesView(files=views.of_files(unit, page.items), next=page.next)


def of_faces(faces: Sequence[tuple[Face, Person | None]]) -> FacesView:
    """The faces in a file."""
    return FacesView(faces=[_face(face, person) for face, person in faces])


def _face(face: Face, person: Person | None) -> FaceView:
    theirs = ids.encode(person.id) if person else None
    return FaceView(face_id=ids.encode(face.id), box=_box(face), person_id=theirs, name=person.name if person else None)


def of_seen(seen: Seen | None) -> SeenView:
    """What was seen in a photo."""
    if seen is None:
        return SeenView(text=None, objects=None)
    ranked = sorted(seen.objects.items(), key=lambda each: (-each[1], each[0]))
    objects = [ObjectView(name=name, score=score) for name, score in ranked]
    return SeenView(text=seen.text if seen.text_by else None, objects=objects if seen.objects_by else None)
