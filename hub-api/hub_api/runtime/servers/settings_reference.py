"""docs/settings.md, written from the settings themselves."""

from collections.abc import Iterator
from typing import Any, Final

from pydantic.fields import FieldInfo

from hub_api.runtime.servers.settings import Production, is_secret, setting
from hub_api.runtime.settings import OF_THE_COMMAND_LINE

_HEAD: Final = """\
# Settings

Made from `hub_api/runtime/servers/settings.py`; a test holds them equal.

Without any, the hub is one process on one folder (`--data`), and needs nothing of this. `SAMRAD_STORE` puts it on
servers. Settings are read from the environment, and below that from the TOML file that `SAMRAD_SETTINGS` names (there
in lower case and without `SAMRAD_`). A secret is best given by a file: `SAMRAD_STORE_PASSWORD_FILE` names the file that
holds `SAMRAD_STORE_PASSWORD`; the settings file takes secrets in no other way. A name that is not in this table is
refused, so that a slip of the pen does not pass for a setting; so is any of these where `SAMRAD_STORE` is not set, so
that it does not pass for the embedded hub. Beside them the command line reads
{others}.

| setting | default | what it is |
|---|---|---|
"""


def written() -> str:
    """The whole page."""
    others = ", ".join(f"`{name}`" for name in sorted(OF_THE_COMMAND_LINE))
    return _HEAD.format(others=others) + "".join(f"{row}\n" for row in _rows())


def _rows() -> Iterator[str]:
    for name, field in Production.model_fields.items():
        shown = f"`{setting(name)}`" + (f" or `{setting(name)}_FILE`" if is_secret(field) else "")
        yield f"| {shown} | {_default(field)} | {field.description} |"


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if value is None:
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
