"""What there should be in an event's library, as plain dictionaries: the model beside which `reality` walks."""

from dataclasses import dataclass, field

from tests.installation import Caller


@dataclass
class FileFacts:
    """A file as it should be."""

    folder: str
    name: str
    versions: list[str]
    is_deleted: bool = False


@dataclass
class CodeFacts:
    """A code as it should be: `images` is None where it shows all; `text` is what opens it."""

    text: str
    images: set[str] | None
    uploads: bool
    is_disabled: bool = False


@dataclass
class GuestFacts:
    """A guest by a code, and what was given and not taken back."""

    by: Caller
    code: str
    code_text: str
    gifts: dict[str, str] = field(default_factory=dict)


@dataclass
class Model:
    """All that should be there."""

    folders: dict[str, str | None] = field(default_factory=dict)
    files: dict[str, FileFacts] = field(default_factory=dict)
    albums: dict[str, list[str]] = field(default_factory=dict)
    codes: dict[str, CodeFacts] = field(default_factory=dict)
    guests: list[GuestFacts] = field(default_factory=list)
    mode: str = "yes"
    gift_folder: str = ""

    def live(self) -> set[str]:
        """Files that are not in the trash."""
        return {file_id for file_id, file in self.files.items() if not file.is_deleted}

    def below(self, folder: str) -> set[str]:
        """A folder and all below it."""
        found = {folder}
        while more := {each for each, parent in self.folders.items() if parent in found} - found:
            found |= more
        return found

    def shown(self, code: CodeFacts, album: str) -> list[str]:
        """What guests by a code see."""
        there = [each for each in self.albums[album] if each in self.live()]
        return [each for each in there if code.images is None or each in code.images]

    def purge(self, file_ids: set[str]) -> None:
        """Forget files for good."""
        for each in file_ids:
            del self.files[each]
        for album in self.albums.values():
            album[:] = [each for each in album if each not in file_ids]
