"""What the site's config.yaml and the environment say, checked once.

config.yaml holds no secret; ``Environment`` lists what the environment and .streamlit/secrets.toml may give.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
import tempfile
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from storylib.config import yaml_file
from storylib.config.kinds import Address, Amount, CookieName, Count, Domain, Host, Model, Name, Pixels, Web
from storylib.errors import Invalid, Unavailable, explain_validation
from storylib.vocabulary import MAX_PAGES, MIN_PAGES, PLANS, STAND_IN, PlanName

ROOT = Path(__file__).resolve().parent.parent.parent
T = TypeVar("T")


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Site(_Section):
    """The name on the door, and what everybody together may spend in a month (None: no bound)."""

    name: Name = "Storylib"
    budget_usd: Amount | None = None


class Cookie(_Section):
    """The sign-in cookie's name and its life in days."""

    name: CookieName = "storylib"
    days: int = Field(default=14, ge=1, le=365)

    @property
    def device_token(self) -> str:
        """The name of the cookie by which a browser is known again after signing out."""
        return f"{self.name}-known"


class SignIn(_Section):
    """Lock-out after wrong passwords, and who may register."""

    attempts: int = Field(default=5, ge=1, le=100)
    lock_minutes: int = Field(default=5, ge=1, le=24 * 60)
    register_: bool = Field(default=False, alias="register")
    domains: tuple[Domain, ...] = ()


Place = Annotated[str, Field(pattern=r"^https?://[\w.*-]+(:\d+)?$")]


class Sharing(_Section):
    """Whose pages may show shared stories inside them, like https://blog.school.example; nobody's otherwise."""

    embed_in: tuple[Place, ...] = ()


class Plan(_Section):
    """What a user may spend: pages a story, stories and paid images a month, redraws a picture, USD a month."""

    pages: int = Field(ge=MIN_PAGES, le=MAX_PAGES)
    stories: int = Field(ge=1, le=1_000_000)
    images: Count
    redraws: Count
    budget_usd: Amount
    requests_a_minute: int = Field(ge=1, le=1000)


class Models(_Section):
    """What one plan's stories are made with. Sizes are width x height in pixels."""

    text: Model
    effort: Literal["none", "minimal", "low", "medium", "high"] | None = None  # thinking first; openai.com only
    picture: Model
    quality: Literal["low", "medium", "high"] = "low"  # openai.com only
    page_size: Pixels = "1536x1024"
    portrait_size: Pixels = "1024x1024"
    vision: str = ""  # looks at pictures; empty: nobody does
    moderation: str = ""  # checks texts and pictures; empty: nobody does


def _of_every_plan(by_plan: dict[PlanName, T]) -> dict[PlanName, T]:
    missing = [name for name in PLANS if by_plan and name not in by_plan]
    if missing:
        raise ValueError(f"add {' and '.join(missing)}: a person may have any of the plans {', '.join(PLANS)}")
    return by_plan


class Deadlines(_Section):
    """How many seconds a server may take; what is left out is chosen by whether it is free, for own ones are slower."""

    silence: float | None = Field(default=None, gt=0)  # before the first word of a text, and between two
    text: float | None = Field(default=None, gt=0)  # for a whole text
    picture: float | None = Field(default=None, gt=0)
    check: float | None = Field(default=None, gt=0)
    loading: float | None = Field(default=None, ge=0)  # while it says that its model is loading


class ProviderConfig(_Section):
    """How a provider is called on screen, whether it costs anything, and what it works with."""

    label: Name
    note: str = ""
    kind: str = ""  # which provider of providers.catalog it is; empty: that of its own name
    free: bool = False
    base_url: Web = ""  # OPENAI_BASE_URL wins
    likeness: bool | None = None  # compare pages with portraits; empty: where that costs at most a tenth of a page
    in_flight: int = Field(default=8, ge=1, le=64)  # requests at once, for each of text, pictures and checks
    deadlines: Deadlines = Deadlines()
    models: Annotated[dict[PlanName, Models], AfterValidator(_of_every_plan)] = {}


class Making(_Section):
    """How much is done at once: stories in each process, pictures over all of them, and the most connections that a
    process opens to the database and to the queue, each."""

    stories: int = Field(default=6, ge=1, le=64)
    pictures: int = Field(default=8, ge=1, le=256)
    connections: int = Field(default=20, ge=5, le=200)


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


class Mail(_Section):
    """Where alerts go by e-mail; STORYLIB_SMTP_USER and STORYLIB_SMTP_PASSWORD sign in there."""

    host: Host
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


def _usable(providers: dict[str, ProviderConfig]) -> dict[str, ProviderConfig]:
    kit = providers.get(STAND_IN)
    if not kit or not kit.free or kit.kind not in ("", STAND_IN):
        raise ValueError(f"add {STAND_IN}, with free: true: it draws where another provider fails")
    for name, entry in providers.items():
        if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", name):
            raise ValueError(f"{name!r} is no name for a provider; write small letters, digits, - and _")
        if (entry.kind or name) == "openai" and not entry.models:
            raise ValueError(f"add models below {name}, for each of the plans {', '.join(PLANS)}")
    return providers


class Config(_Section):
    """The whole of config.yaml."""

    site: Site = Site()
    cookie: Cookie = Cookie()
    sign_in: SignIn = SignIn()
    sharing: Sharing = Sharing()
    plans: Annotated[dict[PlanName, Plan], Field(min_length=1), AfterValidator(_of_every_plan)]
    providers: Annotated[dict[str, ProviderConfig], AfterValidator(_usable)]
    alerts: Alerts = Alerts()
    making: Making = Making()


def _secrets_file() -> bytes:
    try:
        return (ROOT / ".streamlit" / "secrets.toml").read_bytes()
    except OSError:
        return b""


class _SecretsFile(PydanticBaseSettingsSource):
    """.streamlit/secrets.toml, where Streamlit's users expect their keys; what is nested there is not ours."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the value of one field, its key and that it needs no parsing."""
        return self().get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return what the file says, nothing without one.

        Raises:
            Invalid: it is no TOML.
        """
        try:
            found = tomllib.loads(_secrets_file().decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            raise Invalid(".streamlit/secrets.toml is not valid TOML.") from None  # its error would quote the secret
        return {name.lower(): value for name, value in found.items() if value != ""}


class Environment(BaseSettings):
    """What the environment says, in variables named like these fields in capitals; else .streamlit/secrets.toml. Empty
    counts as missing."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True, coerce_numbers_to_str=True)

    storylib_config: Path = ROOT / "config.yaml"
    storylib_data: Path = ROOT / "data"
    storylib_database_url: str = ""  # empty: sqlite:///<data>/storylib.db
    storylib_secret_key: SecretStr = SecretStr("")  # empty: one is made, and kept in the data folder
    storylib_alert_webhook: SecretStr = SecretStr("")
    storylib_metrics_token: SecretStr = SecretStr("")  # empty: /metrics answers this machine only
    storylib_smtp_user: SecretStr = SecretStr("")
    storylib_smtp_password: SecretStr = SecretStr("")
    openai_api_key: SecretStr = SecretStr("")
    openai_base_url: SecretStr = SecretStr("")  # it may hold a password

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,  # noqa: ARG003, the signature is theirs
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Name the sources, the first before the others."""
        return env_settings, _SecretsFile(settings_cls)


@dataclass(frozen=True)
class Settings:
    """Config and environment together."""

    config: Config
    data: Path
    database_url: str

    @property
    def secret_key(self) -> bytes:
        """The signing key: from the environment, else made once and kept in the data folder, readable by us only."""
        if key := environment().storylib_secret_key.get_secret_value():
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
        Invalid: as for ``yaml_file.read``.
    """
    return yaml_file.read(path, Config)


def environment() -> Environment:
    """Read the environment and .streamlit/secrets.toml as they are at this moment.

    Raises:
        Invalid: the file is no TOML, or a value in it is no text.
    """
    given = tuple(os.environ.get(name.upper()) for name in Environment.model_fields)
    return _environment(given, _secrets_file())


@lru_cache(1)
def _environment(_given: tuple[str | None, ...], _secrets: bytes) -> Environment:
    """Both are asked for many times a second, and read anew only when one has changed."""
    try:
        return Environment()
    except ValidationError as error:
        raise Invalid(f".streamlit/secrets.toml: {explain_validation(error)}") from None


def secret(name: str) -> str:
    """Return a key of the environment by its name, empty if it is not given. Never to be shown or logged.

    Raises:
        Invalid: as for ``environment``.
    """
    found: SecretStr = getattr(environment(), name.lower())
    return found.get_secret_value().strip()


def _refuse_no_address(name: str) -> None:
    if (given := secret(name)) and not re.match(r"https?://[^\s/]", given):
        raise Invalid(f"{name}: write an address that begins with https:// (or http://).")


def keep_private(path: Path) -> None:
    """Take all permissions on a file or folder from everybody but its owner, if we own it."""
    with suppress(FileNotFoundError, PermissionError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            path.chmod(mode & ~0o077)


@cache
def settings() -> Settings:
    """This process's settings, read once.

    Raises:
        Invalid: config.yaml is wrong, an address in the environment is none, or PostgreSQL is given without a key.
        Unavailable: the data folder cannot be made.
    """
    given = environment()
    for name in ("OPENAI_BASE_URL", "STORYLIB_ALERT_WEBHOOK"):
        _refuse_no_address(name)
    data = given.storylib_data.resolve()
    try:
        data.mkdir(parents=True, exist_ok=True)
        keep_private(data)
    except OSError as error:
        raise Unavailable(f"The data folder {data} cannot be made: {error.strerror}.") from None
    url = given.storylib_database_url or f"sqlite:///{data / 'storylib.db'}"
    if url.startswith("postgresql://") and not secret("STORYLIB_SECRET_KEY"):
        raise Invalid(
            "With PostgreSQL, set STORYLIB_SECRET_KEY to one and the same key for every process. Each would make one "
            "of its own, and not know the browsers that another has let in.",
            "STORYLIB_SECRET_KEY",
        )
    return Settings(read(given.storylib_config), data, url)
