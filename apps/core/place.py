"""Where the house keeps its data. Knows paths only; reads nothing and never changes a right."""

import hashlib
import os
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LONGEST_SOCKET_FOLDER = 100 - len("/.s.PGSQL.5432.lock")


def data_dir() -> Path:
    chosen = os.environ.get("GATEHOUSE_DATA_DIR", "").strip()
    if chosen:
        return Path(chosen).expanduser().absolute()
    return Path("/var/lib/gatehouse") if os.geteuid() == 0 else CHECKOUT / "var"


def socket_dir(data: Path) -> Path:
    """The folder of the house's Unix sockets: inside the data folder where the path is short
    enough for the kernel (108 bytes in sockaddr_un), else a folder of ours in the temporary one."""
    inside = data / "run"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"gatehouse-{os.geteuid()}-{digest}"
