"""An installation whose letters a test can read."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.installation import Installation

from albumen.mail import Letter, MemoryMail
from albumen.media.guard import Guard


class PostOffice:
    """An installation, and the letters that it has sent."""

    def __init__(self, folder: Path, guard: Guard, **rooms: Any) -> None:
        plain = Installation.at(folder, guard, **rooms)
        self._mail = MemoryMail()
        self.installation = Installation(replace(plain.app, mail=self._mail), plain.clock)

    def sent(self) -> list[Letter]:
        """What was sent since this was asked last, once all jobs are done."""
        self.installation.work_off()
        sent, self._mail.letters = self._mail.letters, []
        return sent
