"""Calls about folders and files."""

from collections.abc import Iterator, Sequence
from typing import Any

from albumen_client.libraries import V1, Room, of_library
from albumen_client.models import File, Folder, Metadata, Near, Trashed, Version
from albumen_client.transport import Call


def of_folder(library_id: str, folder_id: str) -> str:
    """The path of a folder."""
    return f"{of_library(library_id)}/folders/{folder_id}"


def of_file(library_id: str, file_id: str) -> str:
    """The path of a file."""
    return f"{of_library(library_id)}/files/{file_id}"


class Folders(Room):
    """Folders, as the caller may see them."""

    def folders(self, library_id: str, parent: str = "") -> Iterator[Folder]:
        """Those directly below a folder, or the highest, by name."""
        return self.transport.pages(Folder, Call("GET", f"{of_library(library_id)}/folders", {"parent": parent}))

    def all_folders(self, library_id: str, parent: str = "") -> Iterator[Folder]:
        """All below, each before what is in it."""
        for folder in self.folders(library_id, parent):
            yield folder
            yield from self.all_folders(library_id, folder.folder_id)

    def folder(self, library_id: str, folder_id: str) -> Folder:
        """One folder."""
        return self.transport.fetch(Folder, Call("GET", of_folder(library_id, folder_id)))

    def create_folder(self, library_id: str, name: str, parent: str = "") -> Folder:
        """Make a folder."""
        form = {"parentId": parent, "name": name}
        return self.transport.fetch(Folder, Call("POST", f"{of_library(library_id)}/folders", json=form, once=True))

    def change_folder(self, library_id: str, folder_id: str, **changed: Any) -> Folder:
        """Rename (`name`) or move (`parentId`) it."""
        return self.transport.fetch(Folder, Call("PATCH", of_folder(library_id, folder_id), json=changed))

    def delete_folder(self, library_id: str, folder_id: str) -> None:
        """Delete it; its files go to the trash."""
        self.transport.make(Call("DELETE", of_folder(library_id, folder_id)))

    def breadcrumbs(self, library_id: str, folder_id: str) -> list[Folder]:
        """Its ancestors, highest first."""
        return self.transport.fetch(list[Folder], Call("GET", f"{of_folder(library_id, folder_id)}/breadcrumbs"))

    def files_in(self, library_id: str, folder_id: str) -> Iterator[File]:
        """The files directly in it, by name."""
        return self.transport.pages(File, Call("GET", f"{of_folder(library_id, folder_id)}/files"))


class Files(Room):
    """Files, as the caller may see them."""

    def file(self, library_id: str, file_id: str) -> File:
        """One file."""
        return self.transport.fetch(File, Call("GET", of_file(library_id, file_id)))

    def find_file(self, file_id: str) -> File:
        """A file in whichever library it is."""
        return self.transport.fetch(Metadata, Call("GET", f"{V1}/images/{file_id}/metadata")).file

    def change_file(self, library_id: str, file_id: str, **changed: Any) -> File:
        """Change what is given, in the API's names: `name`, `folderId`, `rating`, `tags` …"""
        return self.transport.fetch(File, Call("PATCH", of_file(library_id, file_id), json=changed))

    def copy_file(self, library_id: str, file_id: str, into_folder: str) -> File:
        """Copy it into a folder; no bytes are copied."""
        call = Call("POST", f"{of_folder(library_id, into_folder)}/files", {"source": file_id}, once=True)
        return self.transport.fetch(File, call)

    def delete_file(self, library_id: str, file_id: str) -> None:
        """Put it into the trash."""
        self.transport.make(Call("DELETE", of_file(library_id, file_id)))

    def metadata(self, library_id: str, file_id: str) -> Metadata:
        """Everything read from it."""
        return self.transport.fetch(Metadata, Call("GET", f"{of_file(library_id, file_id)}/metadata"))

    def thumbnail(self, library_id: str, file_id: str, size: str = "md") -> bytes:
        """A small picture of it: `sm`, `md` or `lg`."""
        return self.transport.make(Call("GET", f"{of_file(library_id, file_id)}/thumbnails/{size}")).content

    def versions(self, library_id: str, file_id: str) -> list[Version]:
        """The contents it had."""
        return list(self.transport.pages(Version, Call("GET", f"{of_file(library_id, file_id)}/versions")))

    def restore_version(self, library_id: str, file_id: str, number: int) -> File:
        """Make an earlier content current again, as a new version."""
        path = f"{of_file(library_id, file_id)}/versions/{number}/restore"
        return self.transport.fetch(File, Call("POST", path, once=True))

    def images(self, *, begin: str | None = None, end: str | None = None) -> Iterator[str]:
        """The ids of all images that the caller may see, taken within."""
        call = Call("GET", f"{V1}/images", {"begin-time": begin, "end-time": end})
        return self.transport.pages(str, call, inside="ids")

    def similar(self, file_id: str) -> list[Near]:
        """Files that look alike, the nearest first."""
        return self.transport.fetch(list[Near], Call("GET", f"{V1}/images/{file_id}/similar"))


class Trash(Room):
    """What was deleted, and can be put back."""

    def trash(self, library_id: str) -> Iterator[Trashed]:
        """The files in it, the last deleted first."""
        return self.transport.pages(Trashed, Call("GET", f"{of_library(library_id)}/trash"), inside="files")

    def restore(self, library_id: str, file_ids: Sequence[str]) -> list[File]:
        """Put files back where they were."""
        path = f"{of_library(library_id)}/trash/restore"
        return self.transport.fetch(list[File], Call("POST", path, json={"fileIds": list(file_ids)}, once=True))

    def empty_trash(self, library_id: str) -> int:
        """Delete for good what is in it; answers how many files."""
        path = f"{of_library(library_id)}/trash/empty"
        return self.transport.fetch(dict[str, int], Call("POST", path, once=True))["purged"]
