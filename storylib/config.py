"""What the site's config.yaml and the environment say, checked once.

Environment: ``STORYLIB_CONFIG`` (config.yaml), ``STORYLIB_DATA`` (data/), ``STORYLIB_DATABASE_URL``
(sqlite:///<data>/storylib.db), ``STORYLIB_SECRET_KEY`` (made and kept in the data folder when missing),
``OPENAI_API_KEY``, ``OPENAI_BASE_URL``, ``STORYLIB_ALERT_WEBHOOK``, ``STORYLIB_SMTP_USER`` and
``STORYLIB_SMTP_PASSWORD`` (which may also stand in .streamlit/secrets.toml).
"""

from __future__ import annotations

import os
import secrets
import tempfile
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storylib.errors import Invalid, Unavailable, explain_validation
from storylib.vocabulary import PlanName

ROOT = Path(__file__).resolve().parent.parent


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Site(_Section):
    """The name on the door, and what everybody together may spend in a month (None: no bound)."""

    name: str = "Storylib"
    budget_usd: Decimal | None = None


class Cookie(_Section):
    """The sign-in cookie's name and its life in days."""

    name: str = "storylib"
    days: int = Field(default=14, ge=1, le=365)

    @property
    def device_token(self) -> str:
        """The name of the cookie by which a browser is known again after signing out."""
        return f"{self.name}-known"


class SignIn(_Section):
    """Lock-out after wrong passwords, and who may register."""

    attempts: int = Field(default=5, ge=1)
    lock_minutes: int = Field(default=5, ge=1)
    register_: bool = Field(default=False, alias="register")
    domains: tuple[str, ...] = ()


class Plan(_Section):
    """What a user may spend: pages a story, stories and paid images a month, redraws a picture, USD a month."""

    pages: int
    stories: int
    images: int
    redraws: int
    budget_usd: Decimal
    requests_a_minute: int


class Models(_Section):
    """What one plan's stories are made with. Sizes are width x height in pixels."""

    text: str
    effort: Literal["none", "minimal", "low", "medium", "high"] | None = None  # thinking first; openai.com only
    picture: str
    quality: Literal["low", "medium", "high"] = "low"  # openai.com only
    page_size: str = Field(default="1536x1024", pattern=r"^\d{3,4}x\d{3,4}$")
    portrait_size: str = Field(default="1024x1024", pattern=r"^\d{3,4}x\d{3,4}$")
    vision: str = ""  # looks at pictures; empty: nobody does
    moderation: str = ""  # checks texts and pictures; empty: nobody does


class ProviderConfig(_Section):
    """How a provider is called on screen, whether it costs anything, and what it works with."""

    label: str
    note: str = ""
    kind: str = ""  # which provider of providers.catalog it is; empty: that of its own name
    free: bool = False
    base_url: str = ""  # OPENAI_BASE_URL wins
    likeness: bool | None = None  # compare pages with portraits; empty: where that costs at most a tenth of a page
    in_flight: int = Field(default=8, ge=1, le=64)  # requests at once, for each of text, pictures and checks
    models: dict[PlanName, Models] = {}


class ErrorRate(_Section):
    """More than this share of a provider's calls failed, of at least so many that ended in so many minutes."""

    share: float = Field(gt=0, lt=1)
    calls: int = Field(default=20, ge=1)
    minutes: int = Field(default=60, ge=5, le=24 * 60)


class Rules(_Section):
    """What administrators want to be told of; what is left out is not watched."""

    spend_a_day_usd: Decimal | None = Field(default=None, gt=0)
    error_rate: ErrorRate | None = None
    queue_minutes: int | None = Field(default=None, ge=1)
    budget_percent: tuple[Annotated[int, Field(ge=1, le=100)], ...] = ()
    free_disk_gb: Decimal | None = Field(default=None, gt=0)


Address = Annotated[str, Field(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$", max_length=254)]


class Mail(_Section):
    """Where alerts go by e-mail; STORYLIB_SMTP_USER and STORYLIB_SMTP_PASSWORD sign in there."""

    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: Address
    to: tuple[Address, ...] = Field(min_length=1)


class Alerts(_Section):
    """What is watched, how often, and after how long a calm an alert is over; STORYLIB_ALERT_WEBHOOK is told too."""

    every_seconds: int = Field(default=60, ge=1, le=3600)
    calm_minutes: float = Field(default=5, ge=0, le=24 * 60)
    rules: Rules = Rules()
    mail: Mail | None = None


class Config(_Section):
    """The whole of config.yaml."""

    site: Site = Site()
    cookie: Cookie = Cookie()
    sign_in: SignIn = SignIn()
    plans: dict[PlanName, Plan]
    providers: dict[str, ProviderConfig]
    alerts: Alerts = Alerts()


@dataclass(frozen=True)
class Settings:
    """Config and environment together."""

    config: Config
    data: Path
    database_url: str

    @property
    def secret_key(self) -> bytes:
        """The signing key: from the environment, else made once and kept in the data folder, readable by us only."""
        if key := os.environ.get("STORYLIB_SECRET_KEY"):
            return key.encode()
        return _kept_key(self.data / "secret.key")


def _kept_key(path: Path) -> bytes:
    try:
        if not path.exists():
            _make_key(path)
        return path.read_bytes()
    except OSError as error:
        raise Unavailable(f"The signing key cannot be kept in {path}: {error.strerror}.") from None


def _make_key(path: Path) -> None:
    """Written aside and linked into place: of several processes the first one's counts, and none reads half a key."""
    handle, draft = tempfile.mkstemp(dir=path.parent)  # for our eyes only (mode 600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(32).encode())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)


def read(path: Path) -> Config:
    """Parse and check a config file.

    Raises:
        Invalid: the file cannot be read, is no YAML or breaks a rule; the message names the place.
    """
    try:
        return Config.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except OSError as error:
        raise Invalid(f"The configuration {path} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} is not valid YAML: {error}") from None
    except ValidationError as error:
        raise Invalid(f"{path}: {explain_validation(error)}") from None


def secret(name: str) -> str:
    """A key from the environment, else from .streamlit/secrets.toml, else empty. Never to be shown or logged.

    Raises:
        Invalid: the file is no TOML.
    """
    return os.environ.get(name, "").strip() or str(_secrets().get(name, "")).strip()


def _secrets() -> dict[str, object]:
    try:
        return tomllib.loads((ROOT / ".streamlit" / "secrets.toml").read_text("utf-8"))
    except OSError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise Invalid(".streamlit/secrets.toml is not valid TOML.") from None  # its error would quote the secret


@cache
def settings() -> Settings:
    """This process's settings, read once.

    Raises:
        Invalid: config.yaml is wrong.
        Unavailable: the data folder cannot be made.
    """
    data = Path(os.environ.get("STORYLIB_DATA") or ROOT / "data").resolve()
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"The data folder {data} cannot be made: {error.strerror}.") from None
    url = os.environ.get("STORYLIB_DATABASE_URL") or f"sqlite:///{data / 'storylib.db'}"
    return Settings(read(Path(os.environ.get("STORYLIB_CONFIG") or ROOT / "config.yaml")), data, url)
