"""The commands beside a house that runs, found through the same environment."""

from tests.core.listener import listening, models
from tests.house.running import a_house

MODELS = models("llama3.2:3b")


def test_connect_and_doctor_find_the_running_house() -> None:
    with a_house(GATEHOUSE_WEB_PROCESSES="1") as house:
        house.start()
        with listening(lambda path: (200, {}, MODELS)) as upstream:
            url = f"http://localhost:{upstream.port}/v1"
            connected = house.command("connect", "custom", "--base-url", url, "--at-home")
            assert (connected.returncode, connected.stderr) == (0, "")
            assert "custom/llama3.2-3b" in connected.stdout

            well = house.command("doctor")
            assert (well.returncode, well.stderr) == (0, ""), well.stdout
            lines = well.stdout.splitlines()
            assert all(line.startswith("ok  ") for line in lines)
            assert len(lines) == 10

        house_itself = f"{house.url}/api/v1"
        refused = house.command("connect", "custom", "--base-url", house_itself, "--at-home")
        assert refused.returncode == 1
        assert "--name" in refused.stderr
        words = ["connect", "custom", "--base-url", house_itself, "--at-home", "--name", "Loop"]
        refused = house.command(*words)
        assert refused.returncode == 1
        assert "the house itself" in refused.stderr
