"""What config.yaml and the environment may say, and how a mistake in them is told."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storylib import config
from storylib.config import ROOT, settings
from storylib.errors import Invalid, Unavailable
from storylib.vocabulary import PLANS

SECTIONS = (ROOT / "config.yaml").read_text("utf-8")


def test_the_repositorys_own_configuration_is_valid() -> None:
    site = config.read(ROOT / "config.yaml")
    assert set(site.plans) == set(PLANS)
    assert site.providers["kit"].free


def test_the_repositorys_configuration_holds_no_secret() -> None:
    assert not any(word in SECTIONS.casefold() for word in ("sk-", "password:", "secret:", "key:"))


def test_everything_lives_in_the_data_folder_unless_told_otherwise(tmp_path: Path) -> None:
    assert settings().data == tmp_path / "data"
    assert settings().data.is_dir()
    assert settings().database_url == f"sqlite:///{tmp_path / 'data' / 'storylib.db'}"


def test_the_environment_names_another_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYLIB_DATABASE_URL", "postgresql://school@db/stories")
    assert settings().database_url == "postgresql://school@db/stories"


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYLIB_DATABASE_URL", "")
    monkeypatch.setenv("STORYLIB_CONFIG", "")
    monkeypatch.setenv("STORYLIB_SECRET_KEY", "")
    assert len(settings().secret_key) == 64
    assert settings().database_url.startswith("sqlite:///")


def test_a_configuration_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"site: {name: \xe9cole}")
    with pytest.raises(Invalid, match=r"nowhere\.yaml cannot be read"):
        config.read(tmp_path / "nowhere.yaml")
    with pytest.raises(Invalid, match="cannot be read"):
        config.read(tmp_path)
    with pytest.raises(Invalid, match=r"latin\.yaml is not valid YAML: save it as UTF-8"):
        config.read(tmp_path / "latin.yaml")


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("STORYLIB_DATA", str(tmp_path / "file" / "data"))
    with pytest.raises(Unavailable, match=r"data folder .* cannot be made"):
        settings()


def test_the_key_from_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYLIB_SECRET_KEY", "ours")
    assert settings().secret_key == b"ours"
    assert not (settings().data / "secret.key").exists()


def test_a_missing_key_is_made_once_and_kept_from_other_eyes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORYLIB_SECRET_KEY")
    key = settings().secret_key
    assert len(key) == 64
    assert settings().secret_key == key
    assert stat.S_IMODE((settings().data / "secret.key").stat().st_mode) == 0o600


def test_all_who_start_at_once_agree_on_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORYLIB_SECRET_KEY")
    ours = settings()
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(lambda _: ours.secret_key, range(64)))) == 1


def test_a_key_that_cannot_be_kept_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORYLIB_SECRET_KEY")
    (settings().data / "secret.key").mkdir()
    with pytest.raises(Unavailable, match=r"secret\.key"):
        _ = settings().secret_key


def test_the_environment_goes_before_the_secrets_file_and_empty_counts_as_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text('STORYLIB_SMTP_USER = "file"\n[table]\nother = 1\n')
    assert config.secret("STORYLIB_SMTP_USER") == "file"
    monkeypatch.setenv("STORYLIB_SMTP_USER", " ours ")
    assert config.secret("STORYLIB_SMTP_USER") == "ours"
    monkeypatch.setenv("STORYLIB_SMTP_USER", "")
    assert config.secret("STORYLIB_SMTP_USER") == "file"


def test_what_the_environment_says_is_not_told_by_accident(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-hidden")
    assert "sk-hidden" not in repr(config.environment())


def test_a_wrong_value_in_the_secrets_file_is_named_and_not_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text('OPENAI_API_KEY = ["sk-hidden"]')
    with pytest.raises(Invalid, match="openai_api_key") as refusal:
        config.secret("OPENAI_API_KEY")
    assert "sk-hidden" not in str(refusal.value)
