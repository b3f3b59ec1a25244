"""Settings come typed from the environment (prefix ``REDRESS_``); only this file reads it."""

import os
import re
import ssl
from datetime import timedelta
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from socket import gethostname
from typing import Literal

from pydantic import AwareDatetime, DirectoryPath, Field, FilePath, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict

PREFIX = "REDRESS_"
REST_SECONDS = 0.25
"""So old may be, beyond the way through the log, what is shown to whoever does not say what he waits for."""
CLOSE = 0.85
"""How like a setting a name has to be for it to be meant: a letter or two."""
KUBERNETES_LINK = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)\w*)?)$")
"""How Kubernetes tells every container where the other services of its namespace are, whatever the container takes."""

_SECRET = r"whsec_[A-Za-z0-9+/]{32,86}={0,2}"  # noqa: S105 - what one looks like
WEBHOOK_SECRETS = re.compile(rf"([A-Za-z0-9._-]+={_SECRET}( {_SECRET})?(,\s*|\s*$))*")
"""The secrets of channel systems, as Standard Webhooks writes them: base64 of 24 to 64 bytes."""


class Settings(BaseSettings):
    """One process's settings. Every field is the variable ``REDRESS_<FIELD>``; secrets are masked when printed."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", allow_inf_nan=False)

    installation: str = "redress"
    """Name of this installation: prefix of transactional ids and consumer groups, so two can share a cluster."""
    environment: Literal["development", "production"] = "development"
    """In ``production`` nothing starts on what is not safe: docs/how-to/production.md."""
    secrets: DirectoryPath | None = None
    """Folder with a file for each setting that is secret, called as the variable is; a variable counts before it."""
    data: Path = Path("data")
    """Folder of everything kept on this machine: broker log, vault, documents, outbox, logs."""
    ports: int = Field(default=8100, ge=0, le=65_400)
    """First port (BASE), up to 65400; every other port is an offset from it."""
    host: str = "127.0.0.1"
    """Address the services listen on."""
    behind_proxy: bool = False
    """Whether a proxy with TLS stands in front of the services and nobody gets past it: then they may listen beyond
    this machine in production."""

    public_url: str | None = None
    """Address at which others reach the console, such as https://redress.bank.example: `dataschema` of every event
    begins with it. Default: http://127.0.0.1:BASE."""

    kafka_bootstrap: str | None = None
    """Brokers of an existing cluster; empty: ``redress up`` starts one of its own."""
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """How to connect to the brokers: ``PLAINTEXT``, ``SSL``, ``SASL_PLAINTEXT`` or ``SASL_SSL``."""
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """``PLAIN``, ``SCRAM-SHA-256`` or ``SCRAM-SHA-512``."""
    kafka_sasl_username: str | None = None
    """User of the brokers."""
    kafka_sasl_password: SecretStr | None = None
    """Its password."""
    kafka_ca_file: FilePath | None = None
    """Certificate authority of the brokers."""
    kafka_cert_file: FilePath | None = None
    """Client certificate."""
    kafka_key_file: FilePath | None = None
    """Its key."""
    topic_prefix: str = ""
    """Put before every topic name, so that installations can share a cluster."""
    partitions: int = Field(default=4, ge=1, le=10_000)  # each has a fold, a session and files of its own
    """Partition count of every keyed topic: fixed for ever once the log exists (12 for a bank, 4 on one machine)."""
    replication: int = Field(default=1, ge=1, le=32_767)  # a number of two bytes, where brokers are asked
    """Replicas of every topic (3 on a cluster)."""

    cases_in_memory: int = Field(default=20_000, ge=100)
    """Cases that a process keeps in memory at most, besides those that are not written down yet; 4 to 12 KiB each."""

    clock: Literal["system", "steered"] = "system"
    """``system`` or ``steered``; set by ``redress up --clock``."""
    machine: str = Field(default="", pattern=r"^[A-Za-z0-9._-]{0,64}$")
    """Name of this machine, no other's of the installation: it names static memberships. Empty: the host's name."""
    slot: int = Field(default=0, ge=0)
    """Which of this machine's workers of its service this process is: names its static membership and its lock file."""
    health_port: int = Field(default=0, ge=0, le=65_535)
    """Port of a worker's health, metrics and settled pages; 0 lets the system choose."""

    vault_url: SecretStr | None = None
    """PostgreSQL address of the vault (``postgresql://…``); empty: SQLite under ``data``."""
    console_url: SecretStr | None = None
    """PostgreSQL address of the console's database (``postgresql://…``); empty: SQLite under ``data``."""
    master_key_file: Path | None = None
    """File with the 32-byte master key that wraps case keys; empty: made under ``data`` in development."""
    log_key_file: Path | None = None
    """File with the keys by which services know their own records, 32 bytes in hexadecimal a line, the newest first;
    empty: made under ``data`` in development."""
    signing_keys: Path | None = None
    """Folder with the private key of each service that signs on this machine, ``<service>.pem``; empty: made under
    ``data`` in development."""
    trusted_keys_file: Path | None = None
    """JSON Web Key Set with the public keys of all services, old ones too; empty: those under ``data``."""
    token_keys_file: Path | None = None
    """JSON Web Key Set of the identity service that issues tokens; empty: that of ``redress token``."""
    token_issuer: str = "redress-development"  # noqa: S105 - no password
    """Who has to have issued a token (``iss``): the identity service."""
    token_audience: str = "redress"  # noqa: S105 - no password
    """Whom a token has to be meant for (``aud``)."""
    unsigned_before: AwareDatetime | None = None
    """Records without a proof that the broker took before this instant still count: when the log was upgraded."""

    smtp_host: str = "127.0.0.1"
    """Mail server for letters."""
    smtp_port: int = Field(default=0, ge=0, le=65_535)
    """Its port; 0: the sink that ``redress up`` runs, at BASE+26."""
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    """``none``, ``starttls`` or ``tls``."""
    smtp_username: str | None = None
    """User of the mail server."""
    smtp_password: SecretStr | None = None
    """Its password."""
    smtp_timeout_seconds: float = Field(default=10.0, gt=0)
    """Longest time one delivery may take: a new owner waits this long before it repeats an open sending."""
    smtp_senders: int = Field(default=8, ge=1)
    """Deliveries under way at once per process, each on a connection of its own."""
    acknowledgements_per_address: int = Field(default=50, ge=1)
    """Acknowledgements that one e-mail address gets on one day; a further one fails with `address_limit`."""
    smtp_idle_seconds: float = Field(default=5.0, ge=0)
    """How long a connection to the mail server is kept for a next letter: few servers close one before that."""

    smtp_in_host: str | None = None
    """Address at which mail is taken in, at BASE+25; empty: REDRESS_HOST."""
    smtp_peers: str = "127.0.0.0/8,::1/128"
    """Networks whose mail servers may hand mail over, separated by commas; all others are turned away with 554."""
    smtp_connections: int = Field(default=100, ge=1)
    """Connections of mail servers that are taken at once; the next one is answered 421."""
    smtp_memory_mib: int = Field(default=128, ge=31)
    """MiB of messages that are held at once while they are taken in; beyond that 452, so they come again."""
    smtp_seconds: float = Field(default=300.0, gt=0)
    """How long a mail server may be silent between two commands, and take for one message."""

    sms_url: str | None = None
    """Where text messages are posted; empty: the sink that ``redress up`` runs, in production nowhere."""
    sms_secret: SecretStr | None = None
    """Signs them (``Redress-Signature``); needed with the address."""
    messenger_url: str | None = None
    """Where messages to the bank's people in its own messenger are posted; empty: the sink, in production nowhere."""
    messenger_secret: SecretStr | None = None
    """Signs them; needed with the address."""

    webhook_secrets: SecretStr = SecretStr("")
    """Sign what channel systems with a webhook are told: ``<system>=whsec_…``, separated by commas; while a secret is
    changed ``<system>=whsec_<new> whsec_<old>``. A system without a secret is told nothing."""

    ca_file: FilePath | None = None
    """The bank's own certificate authority (PEM), which counts beside the public ones for mail server, gateways and
    webhooks."""

    webhook_networks: str = ""
    """Networks inside the bank where webhooks may lie in production, such as ``10.20.0.0/16``, separated by commas;
    beside them only addresses of the open internet are called."""

    print_days: int = Field(default=3, ge=1)
    """Days after which a letter that nobody has fetched from the print tray is told to whoever operates."""
    outbox_days: int = Field(default=30, ge=0)
    """Days for which printed letters stay in ``outbox/print/done``, and in ``outbox`` what the sink of one machine
    took; 0: for ever."""

    documents_bucket: str | None = None
    """S3 bucket of the documents, which must exist; empty: a folder under ``data``."""
    documents_prefix: str = ""
    """Put before every document's name in the bucket, so that installations can share one."""
    documents_endpoint: str | None = None
    """Address of an S3 service that is not Amazon's (``https://…``)."""
    documents_region: str | None = None
    """Region of the bucket."""
    documents_key_id: str | None = None
    """Access key id; empty: what the machine itself is allowed to (container or instance role)."""
    documents_secret: SecretStr | None = None
    """Its secret."""

    inbox_systems: str = Field(default="", pattern=r"^([a-z0-9][a-z0-9._-]*(,[a-z0-9][a-z0-9._-]*)*)?$")
    """Channel systems that have an inbox of their own, ``complaints.inbox.<id>``, by their ids, separated by commas: in
    their name nobody posts anywhere else. The same for `redress` and for `intake-inbox`."""

    scanner: str | None = Field(default=None, pattern=r"^(tcp://[^/:\s]+:\d{1,5}|unix:/\S+)$")
    """Scanner of files that come in, by clamd's protocol: ``tcp://HOST:PORT`` or ``unix:/PATH``; empty: nothing is
    scanned. With one, a file is in quarantine until it has answered."""
    scanner_timeout_seconds: float = Field(default=60.0, gt=0)
    """How long the scanner may take for one file; then it is tried again."""

    silent_days: int = Field(default=10, ge=1, le=36_500)  # before that nothing is dated
    """Days after which an open case without any fact is told to whoever operates: somebody has forgotten it."""
    opening_minutes: int = Field(default=60, ge=1, le=525_600)  # a year
    """How long an approved bulk opening of the register may be used."""
    refusals_per_minute: int = Field(default=10, ge=0)
    """Refused log-ins and rights of one subject or address that are recorded in a minute; all are counted."""
    upload_files_per_day: int = Field(default=500, ge=0)
    """Files that one submitter may add to cases on one day."""
    upload_mib_per_day: int = Field(default=2048, ge=0)
    """MiB of files that one submitter may add on one day."""
    http_connections: int = Field(default=512, ge=1)
    """Connections that a process takes at once; the next one is answered 503 and closed."""
    http_connections_per_address: int = Field(default=256, ge=1)
    """The same from one address; the next one is answered 429. Behind a proxy, the proxy is the address."""
    http_requests_per_minute: int = Field(default=12_000, ge=1)
    """Requests of one authenticated subject that a process takes in a minute; more are answered 429."""
    http_requests_per_minute_address: int = Field(default=24_000, ge=1)
    """The same from one address, whoever sends them."""
    http_header_seconds: float = Field(default=10.0, gt=0)
    """Longest time a connection may take until its request's header is whole; then it is closed."""
    http_chunk_seconds: float = Field(default=10.0, gt=0)
    """Longest pause inside a body; then 408, and the connection is closed."""
    http_body_seconds: float = Field(default=120.0, gt=0)
    """Longest time a whole body may take: 20 MiB at 1.4 Mbit/s."""
    http_write_seconds: float = Field(default=30.0, gt=0)
    """How long a caller that does not read its answer is waited for."""
    http_idle_seconds: float = Field(default=75.0, gt=0)
    """How long a connection is kept between two requests: longer than callers and proxies keep theirs (5 to 60 s), else
    a request goes out on a connection that is being closed, and fails."""
    http_uploads: int = Field(default=8, ge=1)
    """Files that are read into memory at once; the next upload is answered 503 until one is done."""
    brokers_away_seconds: float = Field(default=5.0, gt=0)
    """After so long without an answer of the brokers a process is not ready: what it knows may be old."""
    behind_seconds: float = Field(default=30.0, gt=0)
    """The same while it has not read what was in the log so long ago."""

    session_timeout_seconds: int = Field(default=6, ge=1)
    """How long the broker waits for a silent worker before its partitions go to another."""
    batch_triggers: int = Field(default=500, ge=1)
    """Triggers decided in one transaction: enough to amortise its 25 ms, few enough to keep memory flat."""
    batch_bytes: int = Field(default=4 * 2**20, ge=1)
    """Upper size of one transaction's facts."""
    command_wait_seconds: float = Field(default=60.0, ge=0)
    """Longest time a command waits for what it rests on, such as who has the case now; then it is refused."""
    bombs: str = ""
    """Only for tests: places where the process ends itself once, as ``point:nth`` separated by commas."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """``debug``, ``info``, ``warning`` or ``error``."""
    log_file: Path | None = None
    """Where the process writes its log lines: begun anew at 16 MiB, five older ones are kept; else standard error."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - there is no such file
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - its folder would stand in the code
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the code says counts before the environment, and that before the folder of secrets."""
        secrets = (SecretsSettingsSource(settings_cls, folder),) if (folder := _secrets()) else ()
        return init_settings, env_settings, *secrets

    @field_validator("smtp_peers", "webhook_networks")
    @classmethod
    def _networks(cls, value: str) -> str:
        for one in value.split(",") if value else ():
            ip_network(one.strip())
        return value

    @field_validator("ca_file", "kafka_ca_file")
    @classmethod
    def _authority(cls, value: Path | None) -> Path | None:
        if value is not None:
            try:
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(value)
            except ssl.SSLError as error:
                raise ValueError("it holds no certificate in PEM.") from error
            except OSError as error:
                raise ValueError(f"it cannot be read: {error.strerror}.") from error
        return value

    @field_validator("webhook_secrets")
    @classmethod
    def _secrets_of_webhooks(cls, value: SecretStr) -> SecretStr:
        if not WEBHOOK_SECRETS.fullmatch(value.get_secret_value()):
            raise ValueError(
                "of each channel system one secret, or two: '<system>=whsec_… [whsec_…]', separated by commas."
            )
        return value

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.resolve()

    @model_validator(mode="after")
    def _complete(self) -> "Settings":
        named = self.kafka_sasl_username and self.kafka_sasl_password
        if self.kafka_security_protocol.startswith("SASL") and not named:
            raise ValueError("SASL needs REDRESS_KAFKA_SASL_USERNAME and REDRESS_KAFKA_SASL_PASSWORD.")
        for way, url, secret in (
            ("SMS", self.sms_url, self.sms_secret),
            ("MESSENGER", self.messenger_url, self.messenger_secret),
        ):
            if (url is None) != (secret is None):
                raise ValueError(f"REDRESS_{way}_URL and REDRESS_{way}_SECRET go together: set both, or neither.")
        return self

    @property
    def machine_name(self) -> str:
        """What this machine is called among those of the installation."""
        return self.machine or gethostname()

    @property
    def schemas_at(self) -> str:
        """Where the schemas of the events are found."""
        return (self.public_url or f"http://127.0.0.1:{self.ports}").rstrip("/") + "/schemas"

    @property
    def rest_seconds(self) -> float:
        """How long whoever only follows the log rests after a few records; whoever steers the clock waits for all."""
        return REST_SECONDS if self.clock == "system" else 0.0

    @property
    def bootstrap(self) -> str:
        """The brokers to connect to."""
        return self.kafka_bootstrap or f"127.0.0.1:{self.ports + 90}"

    @property
    def outbox_port(self) -> int:
        """Port of the mail server that letters go to."""
        return self.smtp_port or self.ports + 26

    @property
    def sink_health_port(self) -> int:
        """Port at which the sink says how it goes, and takes what is posted to gateways."""
        return self.ports + 27

    @property
    def sending_limit(self) -> timedelta:
        """How long a sending of a former owner can still be under way."""
        return timedelta(seconds=self.session_timeout_seconds + self.smtp_timeout_seconds)


def _secrets() -> Path | None:
    """The folder of secrets, if there is one."""
    named = os.environ.get(f"{PREFIX}SECRETS")
    return Path(named) if named and Path(named).is_dir() else None


def misspelled() -> list[str]:
    """A line for each variable and secret that looks like a setting and is none, with the one that may be meant."""
    settings = [f"{PREFIX}{field.upper()}" for field in Settings.model_fields]
    found = [*os.environ, *((file.name for file in folder.iterdir()) if (folder := _secrets()) else ())]
    named = (name for name in found if name.startswith(PREFIX) and not KUBERNETES_LINK.search(name))
    return [_unknown(name, settings) for name in sorted(named) if name.upper() not in settings]


def _unknown(name: str, settings: list[str]) -> str:
    near = get_close_matches(name, settings, n=1, cutoff=CLOSE)
    advice = f"did you mean {near[0]}?" if near else "docs/reference/settings.md lists them."
    return f"{name}: there is no such setting; {advice}"


def given() -> dict[str, str]:
    """The variables that are ours, as this process was given them."""
    return {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
