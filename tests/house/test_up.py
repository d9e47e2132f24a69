"""`manage.py up` from start to stop, through real processes: what is printed, what is refused, what
comes back after a kill, and in which order the house goes to sleep."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator

import pytest

from tests.house.folders import data_folder
from tests.house.running import RunningHouse, a_house
from tests.waiting import until

IS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def house() -> Iterator[RunningHouse]:
    """Shared by the tests in the order they stand here: first it runs, at the end it sleeps."""
    with a_house() as made:
        yield made.start()


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_fresh_house_prints_its_address_and_the_link(house: RunningHouse) -> None:
    assert f"Gatehouse is ready at {house.url}" in house.output
    assert re.search(rf"owner's account: {house.url}/\S+", house.output)
    assert house.ask() == 200


def test_secrets_are_for_the_owner_of_the_folder_alone(house: RunningHouse) -> None:
    assert (house.data_dir / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_every_process_has_a_session_of_its_own(house: RunningHouse) -> None:
    children = [*house.find(" web "), *house.find("celery")[:1], house.postmaster]
    assert len(children) == 4
    assert {os.getsid(pid) for pid in children} == set(children)


def test_a_second_house_on_the_same_folder_is_refused(house: RunningHouse) -> None:
    said = refused(house)
    assert said.startswith(f"A house already runs on the folder {house.data_dir};")


def test_a_taken_port_is_one_sentence(house: RunningHouse) -> None:
    with a_house(GATEHOUSE_PORT=str(house.port)) as other:
        said = refused(other)
    assert said.startswith(f"Another program already listens on 127.0.0.1:{house.port},")


def test_two_houses_stand_side_by_side(house: RunningHouse) -> None:
    with a_house() as other:
        other.start()
        assert house.ask() == other.ask() == 200
        assert other.stop() == 0
    assert house.ask() == 200


@pytest.mark.parametrize("words", [" web ", "celery", "postgres -D"])
def test_what_dies_is_started_again(house: RunningHouse, words: str) -> None:
    before = house.find(words)
    # The oldest of a kind is the one the supervisor started itself.
    os.kill(before[0], signal.SIGKILL)
    until(lambda: before[0] not in house.processes())
    until(lambda: len(house.find(words)) == len(before))
    until(lambda: house.ask("/readyz") == 200)
    assert "ended (signal SIGKILL); starting it again." in house.output


def test_nothing_outlives_a_killed_supervisor_and_the_next_start_is_clean(
    house: RunningHouse,
) -> None:
    house.send(signal.SIGKILL)
    house.wait()
    until(lambda: not house.processes(), seconds=5)
    until(lambda: is_free(house.port), seconds=5)
    house.start()
    assert house.ask("/readyz") == 200


def test_ctrl_c_stops_web_then_worker_then_postgres(house: RunningHouse) -> None:
    kinds = {"web": " web ", "worker": "celery", "postgres": "postgres -D"}
    assert all(house.find(words) for words in kinds.values())
    house.send(signal.SIGINT)
    ended: list[str] = []
    while len(ended) < len(kinds):
        alive = " | ".join(house.processes().values())
        ended += [kind for kind in kinds if kind not in ended and kinds[kind] not in alive]
    assert ended == ["web", "worker", "postgres"]
    assert house.wait() == 0
    assert not house.processes()
    assert house.ask() == 0


def test_secrets_that_do_not_open_the_database_are_refused(house: RunningHouse) -> None:
    house.stop()
    secrets = house.data_dir / "secrets.json"
    right = secrets.read_text()
    secrets.write_text(re.sub(r'("key_pepper": ")\w', r"\1-", right))
    assert refused(house).startswith("The secrets file does not belong to this database")
    secrets.write_text(right)


def test_a_stop_during_the_start_leaves_nothing(house: RunningHouse) -> None:
    house.stop()
    house.begin()
    until(lambda: house.find("prepare"))
    assert house.stop() == 0
    assert not house.processes()
    assert "ready at" not in house.output


def test_a_folder_that_cannot_be_written_is_one_sentence() -> None:
    with data_folder() as parent:
        (parent / "file").write_text("")
        with a_house(GATEHOUSE_DATA_DIR=str(parent / "file" / "data")) as house:
            said = refused(house)
    assert said.startswith(f"The folder {parent}/file/data cannot be written (Not a directory)")


@pytest.mark.skipif(IS_ROOT, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_one_sentence() -> None:
    with data_folder() as parent:
        parent.chmod(0o555)
        with a_house(GATEHOUSE_DATA_DIR=str(parent / "data")) as house:
            said = refused(house)
    assert said.startswith(f"The folder {parent}/data cannot be written (Permission denied)")


@pytest.mark.parametrize(
    ("name", "value"), [("GATEHOUSE_PORT", "eighty"), ("GATEHOUSE_WEB_PROCESSES", "-1")]
)
def test_an_odd_setting_is_one_sentence(name: str, value: str) -> None:
    with a_house(**{name: value}) as house:
        assert refused(house).startswith(f"{name} is “{value}”; write a whole number")


def refused(house: RunningHouse) -> str:
    """What a house says that does not start: one line, exit code 1."""
    done: subprocess.CompletedProcess[str] = house.command("up")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr
