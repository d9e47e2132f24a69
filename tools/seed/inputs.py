"""The pinned packages: finds their wheels in a folder, checks every hash, opens them as archives.

It refuses a wheel whose hash is not the pinned one, and never downloads anything itself.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
PIN = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>[^\s\\]+)\s*\\?\n\s*--hash=sha256:(?P<sha>\w+)", re.M
)


class InputError(Exception):
    """A sentence for the maintainer: what is wrong with the inputs."""


@dataclass(frozen=True)
class Source:
    name: str
    version: str
    sha256: str
    licence: str
    as_of: date
    wheel: Path

    @property
    def label(self) -> str:
        return f"{self.name} {self.version}"

    def read(self, member: str) -> bytes:
        with zipfile.ZipFile(self.wheel) as archive:
            return archive.read(member)


def open_sources(wheels: Path, *, pins: Path) -> tuple[date, dict[str, Source]]:
    """The day the seed speaks for, and every pinned source by name, its hash checked."""
    facts = tomllib.loads((HERE / "sources.toml").read_text())
    sources = {}
    for pin in PIN.finditer(pins.read_text()):
        name = pin["name"]
        wheel = _find_wheel(wheels, name=name, version=pin["version"])
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if digest != pin["sha"]:
            raise InputError(f"{wheel.name} has the hash {digest}, not the pinned {pin['sha']}.")
        fact = facts[name]
        sources[name] = Source(
            name=name,
            version=pin["version"],
            sha256=digest,
            licence=fact["licence"],
            as_of=fact["as_of"],
            wheel=wheel,
        )
    return facts["as_of"], sources


def _find_wheel(wheels: Path, *, name: str, version: str) -> Path:
    found = sorted(wheels.glob(f"{name.replace('-', '_')}-{version}-*.whl"))
    if len(found) != 1:
        raise InputError(
            f"{wheels} holds {len(found)} wheels of {name} {version}; fetch the pinned ones "
            "as tools/seed_inputs.txt says."
        )
    return found[0]
