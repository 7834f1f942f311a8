"""Letters: by SMTP, to the console, and in memory."""

import io
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.contracts.mail import MailContract
from tests.installation import settings_for
from tests.smtp import Post, post

from albumen import app
from albumen.kernel.errors import Invalid, Unavailable
from albumen.mail import ConsoleMail, Letter, Mail, MemoryMail, SmtpMail, SmtpServer

LETTER = Letter("guest@example.org", "Hello", "Hello")


class TestMemoryMail(MailContract):
    @pytest.fixture
    def mail(self) -> MemoryMail:
        return MemoryMail()

    @pytest.fixture
    def received(self, mail: MemoryMail) -> Callable[[], list[Letter]]:
        return lambda: mail.letters


class TestSmtpMail(MailContract):
    @pytest.fixture
    def server(self) -> Iterator[Post]:
        with post() as server:
            yield server

    @pytest.fixture
    def mail(self, server: Post) -> Mail:
        return by_smtp(server.port)

    @pytest.fixture
    def received(self, server: Post) -> Callable[[], list[Letter]]:
        return server.letters

    def test_it_says_that_no_person_wrote_it(self, mail: Mail, server: Post) -> None:
        mail.send(LETTER)
        [message] = server.messages
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["From"] == "photos@example.org"
        assert message["Message-ID"].endswith("@example.org>")
        assert message["Date"]


def by_smtp(port: int) -> SmtpMail:
    return SmtpMail(SmtpServer("127.0.0.1", port, "photos@example.org", "none"))


@pytest.mark.parametrize(("answer", "error"), [("550 no such user", Invalid), ("451 busy", Unavailable)])
def test_a_refusal_is_told_by_whether_it_is_for_good(answer: str, error: type[Exception]) -> None:
    with post(answer) as server, pytest.raises(error):
        by_smtp(server.port).send(LETTER)


def test_a_server_that_is_away_may_be_back_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unavailable):
        by_smtp(port).send(LETTER)


@pytest.mark.parametrize(
    "letter", [Letter("a@example.org\nBcc: b@example.org", "x", "x"), Letter("a@b", "x\r\nBcc: c@d", "x")]
)
def test_nobody_writes_headers_through_an_address_or_a_subject(letter: Letter) -> None:
    with post() as server:
        with pytest.raises(Invalid):
            by_smtp(server.port).send(letter)
        assert server.messages == []


def test_without_a_server_letters_go_to_the_console() -> None:
    out = io.StringIO()
    ConsoleMail(out).send(Letter("guest@example.org", "Fotos", "Da sind sie."))
    assert "To: guest@example.org\nSubject: Fotos\n\nDa sind sie." in out.getvalue()


def test_the_settings_choose(tmp_path: Path) -> None:
    for told, kind in (({}, ConsoleMail), ({"host": "mail.example.org"}, SmtpMail)):
        built = app.build(settings_for(tmp_path, mail=told))
        assert isinstance(built.mail, kind)
        built.close()
