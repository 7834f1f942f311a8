"""Users and keys from the command line, and how commands end."""

import re
from pathlib import Path

from tests.cli.conftest import Command

PASSWORD = ("--password", "correct horse")


def test_users_are_added_listed_and_removed(command: Command) -> None:
    added = command("user", "add", "Ann@example.org", "--name", "Ann", "--keeper", *PASSWORD)
    assert (added.code, "ann@example.org added" in added.out) == (0, True)
    assert command("user", "add", "bob@example.org", *PASSWORD).code == 0
    listed = command("user", "list").out
    assert re.search(r"Ann +ann@example\.org +yes", listed)
    assert re.search(r"bob +bob@example\.org", listed)
    assert command("user", "remove", "bob@example.org").code == 0
    assert re.search(r"bob@example\.org .*removed", command("user", "list").out)


def test_problems_end_as_a_sentence_and_a_code(command: Command) -> None:
    assert command("user", "add", "ann@example.org", "--keeper", *PASSWORD).code == 0
    for words, code, sentence in (
        (("user", "add", "nobody", *PASSWORD), 2, "not an e-mail address"),
        (("user", "add", "eve@example.org", "--password", "short"), 2, "8 to 1024"),
        (("user", "remove", "eve@example.org"), 3, "no such user"),
        (("user", "link", "eve@example.org"), 3, "no such user"),
        (("key", "revoke", "zzz"), 3, "no such key"),
        (("user", "add", "ANN@example.org", *PASSWORD), 4, "already"),
        (("user", "remove", "ann@example.org"), 4, "last keeper"),
        (("key", "create", "ann@example.org", "--scopes", "all"), 2, "read, write, share"),
    ):
        ended = command(*words)
        assert (ended.code, ended.out) == (code, ""), words
        assert ended.err.startswith("albumen: ")
        assert sentence in ended.err
        assert "Traceback" not in ended.err


def test_a_link_signs_in(command: Command) -> None:
    command("user", "add", "ann@example.org", *PASSWORD)
    ended = command("user", "link", "ann@example.org")
    assert re.fullmatch(r"http://localhost:5000/sign-in/[\w-]{43}\n", ended.out)


def test_a_lost_second_factor_is_taken_away(command: Command) -> None:
    assert command("user", "add", "ann@example.org", *PASSWORD).code == 0
    ended = command("user", "reset-factor", "ann@example.org")
    assert (ended.code, ended.out) == (0, "The password alone signs in.\n")
    assert command("user", "reset-factor", "eve@example.org").code == 3


def test_a_password_is_set(command: Command) -> None:
    command("user", "add", "ann@example.org", *PASSWORD)
    assert command("user", "password", "ann@example.org", "--password", "another one").code == 0
    assert command("user", "password", "ann@example.org", "--password", "short").code == 2


def test_keys_are_made_listed_and_revoked(command: Command) -> None:
    command("user", "add", "ann@example.org", *PASSWORD)
    made = command("key", "create", "ann@example.org", "--label", "phone", "--scopes", "read,share")
    assert re.fullmatch(r"alb_[\w-]{43}\n", made.out)
    for words in (("key", "list"), ("key", "list", "ann@example.org")):
        listed = command(*words).out
        assert re.search(r"ann@example\.org +phone +read,share +all +never", listed)
        assert made.out.strip() not in listed
    key_id = re.search(r"^ ?(\w+) +alb_", listed, re.MULTILINE)
    assert key_id
    assert command("key", "revoke", key_id[1]).code == 0
    assert "revoked" in command("key", "list").out


def test_the_version(command: Command) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*\n", command("version").out)


def test_the_installation_is_where_it_was_said(command: Command, tmp_path: Path) -> None:
    where = ("--data-dir", str(tmp_path / "elsewhere"))
    assert command("user", "add", "ann@example.org", "--password", "a long enough one", *where).code == 0
    assert (tmp_path / "elsewhere" / "albumen.db").exists()
    assert not (tmp_path / "data").exists()
    assert oct((tmp_path / "elsewhere").stat().st_mode)[-3:] == "700"
    assert oct((tmp_path / "elsewhere" / "secret").stat().st_mode)[-3:] == "600"


def test_wrong_settings_are_named_without_their_values(command: Command, tmp_path: Path) -> None:
    (tmp_path / "albumen.toml").write_text('[server]\nport = "secret"\n')
    ended = command("user", "list")
    assert (ended.code, "server.port" in ended.err, "secret" in ended.err) == (2, True, False)
    (tmp_path / "albumen.toml").write_text("[server\n")
    ended = command("user", "list")
    assert (ended.code, "not TOML" in ended.err) == (2, True)
