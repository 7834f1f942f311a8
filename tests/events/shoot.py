"""A photographer at an event: frames of cameras, with and without cards, uploaded into the event."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from PIL import Image
from tests import make
from tests.events.party import Party
from tests.events.shots import Shot

START = datetime(2024, 6, 1, 12, 0, 0)
CARD = Shot(width=0.5, size=(900, 600), quality=85)


@dataclass(frozen=True)
class Camera:
    """A camera body; `behind` is how many seconds its clock is late."""

    make: str = "Nikon"
    model: str = "Z 8"
    serial: str | None = "6001234"
    behind: float = 0

    def exif(self, seconds: float) -> Image.Exif:
        """What it writes so many seconds after the start."""
        exif = Image.Exif()
        exif[0x010F], exif[0x0110] = self.make, self.model
        exposure = exif.get_ifd(0x8769)
        at = START + timedelta(seconds=seconds - self.behind)
        exposure[0x9003] = at.strftime("%Y:%m:%d %H:%M:%S")
        exposure[0x9291] = f"{at.microsecond // 10_000:02d}"
        exposure[0x9011] = "+00:00"
        if self.serial:
            exposure[0xA431] = self.serial
        return exif

    def shoots(self, seconds: float, payload: str | None = None, shot: Shot = CARD) -> bytes:
        """A photo of people, or of a card with this in its QR code."""
        exif = self.exif(seconds)
        if payload is not None:
            return shot.of(payload, exif)
        return make.photo(exif=exif)


@dataclass(frozen=True)
class Shoot:
    """A party that somebody photographs."""

    party: Party

    def subject(self, label: str) -> dict[str, Any]:
        """A code for the photos of a subject, of which there are none yet."""
        return self.party.code(images=[], label=label)

    def upload(self, name: str, photo: bytes) -> str:
        """Send a photo into the event; its id."""
        answer = self.party.host.post(f"{self.party.path}/files", files=[("files", (name, photo))])
        assert answer.status_code == 200, answer.text
        [file] = answer.json()["files"] if isinstance(answer.json(), dict) else answer.json()
        return str(file["fileId"])

    def send(self, **photos: bytes) -> dict[str, str]:
        """Send photos by the names of their files, have them looked at; their ids by name."""
        sent = {name: self.upload(f"{name}.jpg", photo) for name, photo in photos.items()}
        self.party.installation.work_off()
        return sent

    def cards(self) -> dict[str, Any]:
        """What the host is shown for review."""
        answer = self.party.host.get(f"{self.party.path}/cards")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def settle(self, file_id: str, **told: Any) -> dict[str, Any]:
        """Say what a frame shows."""
        answer = self.party.host.call("PATCH", f"{self.party.path}/cards/{file_id}", json=told)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def of(self, code: dict[str, Any]) -> set[str]:
        """The files that a code shows by its cards or by hand."""
        answer = self.party.host.get(f"{self.party.path}/accessors/{code['accessorId']}")
        return set(answer.json().get("images", []))
