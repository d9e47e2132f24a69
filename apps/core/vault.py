"""The house's own secrets: made once, kept in one file of mode 0600, and used for three things:
to encrypt stored credentials (AES-GCM, bound to their row), to hash API keys, to sign sessions."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FILE_NAME = "secrets.json"


class VaultError(Exception):
    """A secret cannot be read or does not open what was locked with it; the text is for people."""


@dataclass(frozen=True)
class HouseSecrets:
    """What `secrets.json` holds. `encryption` maps a version such as "v1" to a 32-byte key; the
    highest one locks, all of them open."""

    django_key: str = field(repr=False)
    key_pepper: str = field(repr=False)
    encryption: dict[str, bytes] = field(repr=False)
    metrics_token: str = field(repr=False)
    postgres_superuser_password: str = field(repr=False)
    postgres_password: str = field(repr=False)

    def digest(self, secret: str) -> bytes:
        """Keyed BLAKE2b of a high-entropy secret, 32 bytes, for storage and look-up."""
        return hashlib.blake2b(
            secret.encode(), key=self.key_pepper.encode()[:64], digest_size=32
        ).digest()

    def encrypt(self, plain: str, bound_to: str) -> str:
        """Locks `plain` so that it opens only with the same `bound_to` (table and row)."""
        version = max(self.encryption, key=_version_number)
        nonce = os.urandom(12)
        box = AESGCM(self.encryption[version]).encrypt(nonce, plain.encode(), bound_to.encode())
        return f"{version}:{base64.b64encode(nonce + box).decode()}"

    def decrypt(self, locked: str, bound_to: str) -> str:
        """Raises VaultError when the key is missing or the text was moved or changed."""
        version, _, encoded = locked.partition(":")
        if version not in self.encryption:
            raise VaultError(
                "The encryption key that locked this value is not in the secrets file."
            )
        try:
            raw = base64.b64decode(encoded, validate=True)
            opened = AESGCM(self.encryption[version]).decrypt(raw[:12], raw[12:], bound_to.encode())
        except (ValueError, InvalidTag) as problem:
            raise VaultError("A stored secret does not open with the house's keys.") from problem
        return opened.decode()

    def check_value(self) -> str:
        """A text kept in the database that only these secrets can have made."""
        proof = hmac.digest(self.key_pepper.encode(), b"gatehouse check value", hashlib.sha256)
        return self.encrypt(proof.hex(), "check value")

    def opens(self, check_value: str) -> bool:
        proof = hmac.digest(self.key_pepper.encode(), b"gatehouse check value", hashlib.sha256)
        try:
            return hmac.compare_digest(self.decrypt(check_value, "check value"), proof.hex())
        except VaultError:
            return False


def house_secrets(data: Path, secrets_file: Path | None = None) -> HouseSecrets:
    """Reads the secrets, or makes them on the first start. A file the owner names is only read."""
    path = secrets_file or data / FILE_NAME
    if secrets_file is None and not path.exists():
        _make(path)
    try:
        return _read(json.loads(path.read_text()))
    except OSError as problem:
        raise VaultError(
            f"The secrets file {path} cannot be read: {problem.strerror}."
        ) from problem
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise VaultError(f"The secrets file {path} is damaged; put back a copy of it.") from problem


def _make(path: Path) -> None:
    content = {
        "django_key": secrets.token_urlsafe(50),
        "key_pepper": secrets.token_urlsafe(32),
        "encryption": {"v1": base64.b64encode(os.urandom(32)).decode()},
        "metrics_token": secrets.token_urlsafe(24),
        "postgres_superuser_password": secrets.token_urlsafe(24),
        "postgres_password": secrets.token_urlsafe(24),
    }
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{FILE_NAME}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its file counts
            os.link(draft, path)
        os.unlink(draft)
    except OSError as problem:
        raise VaultError(
            f"The folder {path.parent} cannot be written: {problem.strerror}. "
            "Choose another with GATEHOUSE_DATA_DIR."
        ) from problem


def _read(content: dict[str, object]) -> HouseSecrets:
    ring = content["encryption"]
    if not isinstance(ring, dict) or not ring:
        raise ValueError("no encryption key")
    keys = {str(name): base64.b64decode(str(key)) for name, key in ring.items()}
    if any(len(key) != 32 for key in keys.values()):
        raise ValueError("an encryption key has not 32 bytes")
    plain = {name: str(content[name]) for name in _PLAIN}
    return HouseSecrets(encryption=keys, **plain)


_PLAIN = (
    "django_key",
    "key_pepper",
    "metrics_token",
    "postgres_superuser_password",
    "postgres_password",
)


def _version_number(version: str) -> int:
    return int(version.removeprefix("v"))
