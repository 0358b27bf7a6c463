"""The settings of production: the environment first, then a file; secrets may lie in files of their own.

One list, from which docs/settings.md is written. Each process reads the same list and asks for what it needs; what is
wrong with one is told in one line by its name, and never with its value, which may be a secret.
"""

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from domain.errors import SamradError
from hub_api.commands.rates import AT_ONCE, PER_SECOND, SLOWEST
from hub_api.http.time_grid import FINE_STEP, SHORTEST, STEP
from hub_api.runtime.servers.setting_values import Authority, Brokers, Collector, Database, Proxies, Topic
from hub_api.runtime.settings import OF_BOTH_FORMS, OF_THE_COMMAND_LINE, PREFIX

FILE: Final = "SAMRAD_SETTINGS"


class Production(BaseSettings):
    """What each process of the hub is told. `as_whom` of a database is its role: every process has its own."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    store: Database | None = Field(
        default=None,
        description="The database of the two logs, as the role of this process. Set, the hub is on servers.",
    )
    store_password: SecretStr | None = Field(default=None, description="The password of that role.")
    vault: Database | None = Field(default=None, description="The database of the vault, as the role of this process.")
    vault_password: SecretStr | None = Field(default=None, description="The password of that role.")
    views: Database | None = Field(default=None, description="The database of the views, as the role of this process.")
    views_password: SecretStr | None = Field(default=None, description="The password of that role.")
    kafka: Brokers | None = Field(default=None, description="The brokers, host:port, with commas between them.")
    kafka_user: str | None = Field(default=None, description="Whom the brokers know this process as (SCRAM-SHA-256).")
    kafka_password: SecretStr | None = Field(default=None, description="The password of that user.")
    kafka_ca: Authority | None = Field(
        default=None,
        description="The authority that the brokers' certificate is checked against (PEM). Set, TLS is used.",
    )
    topic_acts: Topic = Field(default="hub-a", description="The topic of the acts; its name tells nothing.")
    topic_looks: Topic = Field(default="hub-b", description="The topic of the looks.")
    topic_replicas: int = Field(
        default=1, ge=1, le=9, description="On how many brokers `samrad migrate` lets a topic be kept."
    )
    keys: Path | None = Field(
        default=None,
        description="The folder of the master keys and the high-water mark, never beside a backup of the vault.",
    )
    witness: Path | None = Field(
        default=None,
        description="A second file of the high-water marks, where no backup of store and keys takes it along; of the "
        "embedded hub too.",
    )
    projection_keys: Path | None = Field(
        default=None,
        description="The file that `samrad keys derive` writes: all that projections can open, and no more.",
    )
    carriage_keys: Path | None = Field(
        default=None,
        description="The file that `samrad keys carriage` writes, for who carries records to Kafka or reads them. "
        "Not set, it is the one in `SAMRAD_KEYS`.",
    )
    fresh_within: float = Field(
        default=2.0, ge=0, le=30, description="Seconds that a list waits for the views before it is given as it stands."
    )
    absence_step: float = Field(
        default=STEP,
        ge=SHORTEST,
        le=5,
        description="Seconds between the points of time at which `not there` is answered: more than it takes to read "
        "and judge the longest case on this machine, as `scripts/bench absence` measures it.",
    )
    trusted_proxies: Proxies = Field(
        default="",
        description="The proxies before the hub whose `X-Forwarded-For` is believed: addresses or networks with commas "
        "between them. Attempts with anonymous callers' keys are limited for each source.",
    )
    answer_step: float = Field(
        default=FINE_STEP,
        ge=0,
        le=1,
        description="Seconds between the points of time at which every other answer leaves; 0 lets it leave at once, "
        "and tell by its time how much there is that is not shown.",
    )
    commands_at_once: int = Field(
        default=AT_ONCE,
        ge=1,
        le=100_000,
        description="Commands that one person may send at once; a unit may send five times as many. Beyond it they are "
        "slowed, nobody else notices, and their unit's trail tells it. Acute commands count apart and always pass.",
    )
    commands_per_second: float = Field(
        default=PER_SECOND,
        ge=SLOWEST,
        le=10_000,
        description="Commands a second that one person may send after those; a unit may send five times as many.",
    )
    key_days: int = Field(
        default=365,
        ge=1,
        description="`samrad status` warns of a master key or a key of carriage that is older than these days.",
    )
    otlp: Collector | None = Field(
        default=None,
        description="The OpenTelemetry collector, over HTTP, as http://collector:4318. Not set, nothing is sent.",
    )
    otlp_token: SecretStr | None = Field(default=None, description="A bearer token for the collector.")
    otlp_ca: Authority | None = Field(default=None, description="The authority of the collector's certificate (PEM).")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="From which level on lines are logged."
    )
    log_json: bool = Field(default=False, description="Whether log lines are JSON, one object each.")

    @model_validator(mode="after")
    def _two_logs(self) -> Self:
        if self.topic_acts == self.topic_looks:
            raise ValueError(
                f"{setting('topic_acts')} and {setting('topic_looks')} are one topic: each log has its own"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What stands first wins: the environment, secrets in files that it names, the settings file."""
        from_files = InitSettingsSource(settings_cls, _secrets(os.environ, cls.model_fields))
        in_file = InitSettingsSource(settings_cls, _in_file(os.environ.get(FILE), cls.model_fields))
        return init_settings, env_settings, from_files, in_file

    @classmethod
    def read(cls) -> Self:
        """The settings of this process; one clear error for the first that is wrong."""
        _refuse_unknown(os.environ, cls.model_fields)
        try:
            return cls()
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            named = "".join(f"{setting(str(name))}: " for name in first["loc"][:1])
            raise SamradError(f"{named}{first['msg'].removeprefix('Value error, ')}") from None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """The settings of another process, whose environment this is."""
        given = {name: environment[setting(name)] for name in cls.model_fields if setting(name) in environment}
        return cls(**{**_secrets(environment, cls.model_fields), **given})

    def needed(self, name: str, by: str) -> Any:
        """A setting that a process cannot do without."""
        value = getattr(self, name)
        if value is None:
            raise SamradError(f"{setting(name)} is not set: {by} needs it. {type(self).model_fields[name].description}")
        return value

    def password(self, name: str) -> str | None:
        """The secret in a setting; it is taken out only where it is used."""
        secret: SecretStr | None = getattr(self, f"{name}_password")
        return None if secret is None else secret.get_secret_value()


def names_a_store() -> bool:
    """Whether the environment or the settings file names the database of the store. What is told of servers without it
    is refused, as is what is no setting at all: neither may pass for the embedded hub."""
    _refuse_unknown(os.environ, Production.model_fields)
    path = os.environ.get(FILE)
    if os.environ.get(setting("store")) or "store" in _in_file(path, Production.model_fields):
        return True
    told = sorted(name for name in _known(Production.model_fields) - OF_BOTH_FORMS if os.environ.get(name))
    if told or path:
        raise SamradError(
            f"{told[0] if told else FILE} is for the hub on servers, and {setting('store')} is not set: set it, or "
            f"leave {'the other' if told else 'this'} out"
        )
    return False


def setting(name: str) -> str:
    """The name of a setting in the environment."""
    return PREFIX + name.upper()


def is_secret(field: FieldInfo) -> bool:
    """Whether the value of a setting is told to nobody."""
    return "SecretStr" in str(field.annotation)


def _secrets(environment: Mapping[str, str], fields: Mapping[str, FieldInfo]) -> dict[str, Any]:
    found = {}
    for name, field in fields.items():
        given = environment.get(f"{setting(name)}_FILE")
        if given and is_secret(field):
            found[name] = _secret_in(Path(given), f"{setting(name)}_FILE")
    return found


def _secret_in(path: Path, name: str) -> str:
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SamradError(f"{name}: the file {path} cannot be read: {getattr(error, 'strerror', 'no text')}") from None
    if not secret:
        raise SamradError(f"{name}: the file {path} is empty")
    return secret


def _in_file(path: str | None, fields: Mapping[str, FieldInfo]) -> dict[str, Any]:
    """The settings file: TOML, names in lower case without the prefix, secrets as `…_file` alone."""
    if not path:
        return {}
    try:
        given = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise SamradError(f"{FILE}: the file {path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SamradError(f"{FILE}: {path} is not TOML: {error}") from None
    found = {}
    for name, value in given.items():
        of = name.removesuffix("_file")
        if of != name and of in fields and is_secret(fields[of]):
            found[of] = _secret_in(Path(str(value)), f"{name} in {path}")
        elif name not in fields:
            raise SamradError(f"{path}: there is no setting {name!r}{_nearest(name, fields)}")
        elif is_secret(fields[name]):
            raise SamradError(f"{path}: {name} is a secret: keep it in a file of its own, named by {name}_file")
        else:
            found[name] = value
    return found


def _refuse_unknown(environment: Mapping[str, str], fields: Mapping[str, FieldInfo]) -> None:
    known = _known(fields) | OF_THE_COMMAND_LINE | {FILE}
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name not in known:
            raise SamradError(f"there is no setting {name}{_nearest(name.upper(), known)}")


def _known(fields: Mapping[str, FieldInfo]) -> set[str]:
    """The names of these settings in the environment."""
    names = {setting(name) for name in fields}
    return names | {f"{setting(name)}_FILE" for name, field in fields.items() if is_secret(field)}


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"; {near[0]} is meant, perhaps" if near else ""
