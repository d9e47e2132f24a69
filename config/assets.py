"""Static files stand under a folder whose name changes with any of them, so that a browser may keep
them for good. They name each other by relative paths, so none has to be rewritten or collected."""

from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path


def fingerprint(folder: Path) -> str:
    """Of every file in it, by name and content, and of the packages that bring htmx and plotly."""
    digest = blake2b(f"{version('django-htmx')} {version('plotly')}".encode(), digest_size=6)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            digest.update(f"\0{name}\0".encode() + blake2b(path.read_bytes()).digest())
    return digest.hexdigest()
