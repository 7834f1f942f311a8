"""What everything that sends letters must do: to be subclassed by a test class with a `mail` and a `received`."""

from collections.abc import Callable

from albumen.mail import Letter, Mail

TEXT = "Die Fotos von “Łódź 2026” sind da:\n\nhttps://photos.example/e/anna/łódź#token\n.\nEnde"


class MailContract:
    """Tests that need only the port."""

    def test_a_letter_arrives_as_it_was_written(self, mail: Mail, received: Callable[[], list[Letter]]) -> None:
        mail.send(Letter("guest@example.org", "Fotos von Łódź – fertig", TEXT))
        [letter] = received()
        assert letter.to == "guest@example.org"
        assert letter.subject == "Fotos von Łódź – fertig"
        assert letter.text.strip() == TEXT

    def test_letters_go_one_by_one(self, mail: Mail, received: Callable[[], list[Letter]]) -> None:
        for number in range(3):
            mail.send(Letter(f"guest{number}@example.org", f"Letter {number}", "Hello"))
        assert [letter.to for letter in received()] == [f"guest{number}@example.org" for number in range(3)]
