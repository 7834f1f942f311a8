"""E-mail: plain messages, sent by SMTP, or written to the console where no server is named."""

import smtplib
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Literal, Protocol, TextIO

from albumen.kernel.errors import Invalid, Unavailable

SECONDS = 30
Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True)
class Letter:
    """What is sent, and to whom: one address."""

    to: str
    subject: str
    text: str


class Mail(Protocol):
    """Sends letters."""

    def send(self, letter: Letter) -> None:
        """Send it now.  Raises Invalid where it is refused for good, Unavailable where another time may do."""


class ConsoleMail:
    """Writes letters to standard output: what a machine without a mail server does."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out

    def send(self, letter: Letter) -> None:
        """Write it."""
        rule = "-" * 72
        told = f"{rule}\nTo: {letter.to}\nSubject: {letter.subject}\n\n{letter.text.rstrip()}\n{rule}\n"
        out = self._out or sys.stdout
        out.write(told)
        out.flush()


@dataclass
class MemoryMail:
    """Keeps letters."""

    letters: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> None:
        """Keep it."""
        self.letters.append(letter)


@dataclass(frozen=True)
class SmtpServer:
    """Where letters are handed in, and as whom."""

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)


class SmtpMail:
    """Hands letters to a server, over a connection of its own for each."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def send(self, letter: Letter) -> None:
        """Hand it in.  Raises Invalid, Unavailable."""
        message = _message(letter, self._server.sender)
        with _in_our_words(), self._connected() as smtp:
            smtp.send_message(message)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server, context = self._server, ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
            if server.security == "tls"
            else smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        ) as smtp:
            if server.security == "starttls":
                smtp.starttls(context=context)
            if server.user:
                smtp.login(server.user, server.password)
            yield smtp


def _message(letter: Letter, sender: str) -> EmailMessage:
    """The letter as it goes over the wire.  Raises Invalid where an address or the subject would break a header."""
    message = EmailMessage()
    try:
        message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    except (ValueError, MessageError) as error:
        raise Invalid("This letter cannot be addressed.") from error
    message["Date"], message["Message-ID"] = (
        formatdate(usegmt=True),
        make_msgid(domain=sender.rpartition("@")[2] or None),
    )
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        refused = [code for code, _ in error.recipients.values()]
        raise _refusal(refused[0] if refused else 550) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable("The mail server does not answer.") from error


def _refusal(code: int) -> Exception:
    """Codes from 500 on are final (source: RFC 5321, 4.2.1)."""
    return Invalid("The mail server refuses this letter.") if code >= 500 else Unavailable("The mail server is busy.")
