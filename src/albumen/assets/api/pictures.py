"""The routes of people, and of what was seen in photos."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from albumen.assets.pictures import people, picture, views
from albumen.assets.pictures.models import Person
from albumen.assets.pictures.views import (
    FaceForm,
    FacesView,
    MergeForm,
    PeopleView,
    PersonFilesView,
    PersonForm,
    PersonView,
    SeenView,
)
from albumen.http.deps import Paging, Reading, Writing, public_id
from albumen.http.views import Routes
from albumen.libraries import files
from albumen.libraries.models import File
from albumen.unit import Unit

routes = Routes(tags=["People"])

_PERSON = "/libraries/{library_id}/people/{person_id}"
_FILE = "/libraries/{library_id}/files/{file_id}"

Hidden = Annotated[bool, Query(description="List hidden people, too.")]


@dataclass(frozen=True)
class Somebody:
    """A person, as its path names it."""

    library_id: str
    person_id: str

    @property
    def ids(self) -> tuple[int, int]:
        """The ids of the library and the person.  Raises NotFound."""
        return public_id(self.library_id), public_id(self.person_id)

    def changeable(self, unit: Unit) -> Person:
        """The person, for a contributor.  Raises NotFound, Denied."""
        return people.changeable(unit, *self.ids)


@dataclass(frozen=True)
class OneFile:
    """A file, as its path names it."""

    library_id: str
    file_id: str

    def get(self, unit: Unit) -> File:
        """The file.  Raises NotFound, Denied."""
        return files.get(unit, public_id(self.file_id), library_id=public_id(self.library_id))


OfPerson = Annotated[Somebody, Depends()]
OfFile = Annotated[OneFile, Depends()]


@routes.get("/libraries/{library_id}/people", summary="The people in a library")
def list_people(unit: Reading, library_id: str, page: Paging, hidden: Hidden = False) -> PeopleView:
    """Those in the files that the caller sees, the most frequent first."""
    found = people.page(unit, public_id(library_id), hidden=hidden, limit=page.limit, cursor=page.cursor)
    return views.of_people(found)


@routes.get(_PERSON, summary="A person")
def get_person(unit: Reading, who: OfPerson) -> PersonView:
    """One person, with the number of files that the caller sees them in."""
    return views.of_person(people.get(unit, *who.ids))


@routes.patch(_PERSON, summary="Name or hide a person")
def change_person(unit: Writing, who: OfPerson, form: PersonForm) -> PersonView:
    """Or choose the face that stands for them.  Contributors of the library do."""
    people.change(unit, who.changeable(unit), form.told())
    return views.of_person(people.get(unit, *who.ids))


@routes.delete(_PERSON, summary="Delete a person", status_code=204)
def delete_person(unit: Writing, who: OfPerson) -> None:
    """With all that tells their faces from others.  The photos stay; these faces are not taken up again."""
    people.forget(unit, who.changeable(unit))


@routes.post(_PERSON + "/merge", summary="Make one of two people")
def merge_people(unit: Writing, who: OfPerson, form: MergeForm) -> PersonView:
    """`source` goes, and its faces become those of this person."""
    person = who.changeable(unit)
    people.merge(unit, person, people.changeable(unit, person.library_id, public_id(form.source)))
    return views.of_person(people.get(unit, *who.ids))


@routes.get(_PERSON + "/files", summary="The files a person is in")
def list_person_files(unit: Reading, who: OfPerson, page: Paging) -> PersonFilesView:
    """Those that the caller sees, the newest first."""
    return views.of_files(unit, people.files(unit, *who.ids, limit=page.limit, cursor=page.cursor))


@routes.get(_FILE + "/seen", summary="What was seen in a photo")
def get_seen(unit: Reading, where: OfFile) -> SeenView:
    """Its text, and words for what it shows."""
    return views.of_seen(picture.seen(unit, where.get(unit)))


@routes.get(_FILE + "/faces", summary="The faces in a photo")
def list_faces(unit: Reading, where: OfFile) -> FacesView:
    """From the left, with whose they are."""
    return views.of_faces(picture.faces(unit, where.get(unit)))


@routes.patch(_FILE + "/faces/{face_id}", summary="Say whose face it is")
def change_face(unit: Writing, where: OfFile, face_id: str, form: FaceForm) -> FacesView:
    """Or that it is none to be known.  Contributors of the library do."""
    file = where.get(unit)
    face = picture.face(unit, file, public_id(face_id))
    if form.ignored:
        picture.ignore(unit, face)
    else:
        picture.assign(unit, face, form.whose())
    return views.of_faces(picture.faces(unit, file))
