"""Settings: where they come from, and who wins."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from albumen.settings import Settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to start in, with none of this machine's settings."""
    monkeypatch.chdir(tmp_path)
    for name in ("ALBUMEN_CONFIG", "ALBUMEN_SERVER_PORT", "ALBUMEN_API_KEY_1", "ALBUMEN_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_defaults_need_nothing() -> None:
    settings = Settings()
    assert (settings.server.host, settings.server.port, settings.data_dir) == ("127.0.0.1", 5000, Path("data"))
    assert settings.database_url.endswith("/data/albumen.db")
    assert settings.store_folder == Path("data/store")
    assert settings.address == "http://localhost:5000"


def test_environment_over_dotenv_over_toml_over_defaults(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "albumen.toml").write_text("[server]\nport = 1001\nthreads = 9\n[upload]\nmax_bytes = 77\n")
    assert (Settings().server.port, Settings().upload.max_bytes) == (1001, 77)
    (folder / ".env").write_text("ALBUMEN_SERVER_PORT=1002\n")
    assert (Settings().server.port, Settings().server.threads) == (1002, 9)
    monkeypatch.setenv("ALBUMEN_SERVER_PORT", "1003")
    assert (Settings().server.port, Settings().server.threads) == (1003, 9)
    assert Settings(data_dir=Path("x")).data_dir == Path("x")


def test_another_toml_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "other.toml").write_text('data_dir = "/srv/photos"\n')
    monkeypatch.setenv("ALBUMEN_CONFIG", str(folder / "other.toml"))
    assert Settings().data_dir == Path("/srv/photos")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SERVER_PORT", "x"),
        ("SERVER_PORT", "70000"),
        ("MEDIA_CHILDREN", "-1"),
        ("STORE_LAYOUT", "none"),
        ("JOBS_ATTEMPTS", "0"),
    ],
)
def test_wrong_values_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ALBUMEN_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_a_setting_that_does_not_exist_is_refused(folder: Path) -> None:
    (folder / "albumen.toml").write_text("[server]\nprot = 1001\n")
    with pytest.raises(ValidationError, match="prot"):
        Settings()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALBUMEN_API_KEY_1", "very-secret")
    assert "very-secret" not in repr(Settings())
    assert Settings().api.key_1.get_secret_value() == "very-secret"


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().server.port = 1  # type: ignore[misc]  # frozen is the point
