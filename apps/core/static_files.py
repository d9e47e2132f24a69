"""Static files on their way to a browser: the house's own, those of packages, and plotly's one.
Each is also kept packed, since nobody should wait for five megabytes that fit into one."""

import gzip
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

import brotli
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder, get_finders
from django.core.files.storage import FileSystemStorage
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

PLOTLY = "plotly.min.js"
KINDS = {".css", ".js", ".svg"}
# Close to the best in a tenth of its time: packing is part of a first start.
BROTLI_EFFORT, GZIP_EFFORT = 5, 6


class PlotlyFinder(BaseFinder):
    """`plotly/plotly.min.js` of the package, and nothing else of the much it brings along."""

    def __init__(self, *args: Any, **options: Any) -> None:
        found = find_spec("plotly")  # without importing it
        assert found and found.submodule_search_locations
        folder = Path(found.submodule_search_locations[0]) / "package_data"
        self.storage = FileSystemStorage(location=folder)
        self.storage.prefix = "plotly"  # type: ignore[attr-defined]

    def find(self, path: str, find_all: bool = False, **options: Any) -> Any:
        found = self.storage.path(PLOTLY) if path == f"plotly/{PLOTLY}" else None
        return ([found] if found else []) if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        yield PLOTLY, self.storage


class PackedStaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Sends what `pack` left in the data folder to browsers that take it, else the file itself."""

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        packed = packed_folder() / url.removeprefix(self.static_prefix)
        if self.autorefresh or not packed.with_name(f"{packed.name}.br").is_file():
            return super().get_static_file(path, url, stat_cache=stat_cache)
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        encodings = {"gzip": f"{packed}.gz", "br": f"{packed}.br"}
        return StaticFile(path, headers.items(), encodings=encodings)


def packed_folder() -> Path:
    """Named as the folder in the addresses, which changes with any of the files."""
    folder: Path = settings.GATEHOUSE_DATA_DIR / "static"
    return folder / settings.STATIC_URL.strip("/").rpartition("/")[2]


def pack() -> None:
    """Once for these files; those of earlier versions go."""
    folder = packed_folder()
    if settings.DEBUG or folder.is_dir():
        return
    shutil.rmtree(folder.parent, ignore_errors=True)
    unfinished = folder.with_name("unfinished")
    for finder in get_finders():
        for name, storage in finder.list([]):
            if Path(name).suffix in KINDS:
                prefix = getattr(storage, "prefix", None) or ""
                _pack(Path(storage.path(name)), unfinished / prefix / name)
    unfinished.rename(folder)


def _pack(file: Path, packed: Path) -> None:
    content = file.read_bytes()
    packed.parent.mkdir(parents=True, exist_ok=True)
    packed.with_name(f"{packed.name}.br").write_bytes(
        brotli.compress(content, mode=brotli.MODE_TEXT, quality=BROTLI_EFFORT)
    )
    packed.with_name(f"{packed.name}.gz").write_bytes(gzip.compress(content, GZIP_EFFORT, mtime=0))
