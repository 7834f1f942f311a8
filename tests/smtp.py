"""A small SMTP server on this machine, as a test needs one: it keeps letters, or refuses them."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from albumen.mail import Letter


class Post(socketserver.ThreadingTCPServer):
    """Takes letters.  `refusal` is what it answers to a recipient, where it takes none."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, refusal: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.refusal = refusal
        self.messages: list[EmailMessage] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def letters(self) -> list[Letter]:
        """What has come, read as a person would."""
        return [Letter(each["To"], each["Subject"], each.get_content().replace("\r\n", "\n")) for each in self.messages]


class _Talk(socketserver.StreamRequestHandler):
    server: Post

    def handle(self) -> None:
        self._say("220 ready")
        for raw in self.rfile:
            word = raw.split(b" ", 1)[0].strip().upper()
            if word == b"QUIT":
                return self._say("221 bye")
            if word == b"DATA":
                self._say("354 go on")
                self._take()
            self._say(self.server.refusal if word == b"RCPT" and self.server.refusal else "250 ok")
        return None

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.server.messages.append(message)


@contextmanager
def post(refusal: str = "") -> Iterator[Post]:
    """A server that runs for the length of the block."""
    with Post(refusal) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
