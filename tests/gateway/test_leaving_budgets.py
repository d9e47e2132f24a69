"""Clients that leave while a budget binds, wherever they leave: the window shows what the receipt
says, and nothing stays held."""

import pytest

from tests.gateway.behaviours import Stream
from tests.gateway.budgeting import a_budget
from tests.gateway.running import WebHouse
from tests.gateway.test_cancelling import Leaver, arrived, contents, receipt_of
from tests.waiting import until

WORDS = tuple(f" word{n}" for n in range(12))
PLACES = {
    "byte 0": lambda got: True,
    "first chunk": lambda got: contents(got) >= 1,
    "middle": lambda got: contents(got) >= 6,
    "last chunk": lambda got: b"[DONE]" in got,
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("model", ["test/one", "test/reads-on", "test/who-knows"])
def test_whoever_leaves_the_window_is_what_the_receipt_says(
    house: WebHouse, model: str, place: str
) -> None:
    house.first.then(Stream(words=WORDS, pace=0.03))
    with a_budget(house, "1") as budget:
        client = Leaver(house, model)
        served = arrived(house)
        client.read_until(PLACES[place])
        client.leave()
        receipt = receipt_of(house, served)
        until(budget.is_settled, 20, "something is still held")
        assert receipt["window_ids"] == [budget.window["id"]]
        assert 0 < budget.spent == receipt["cost_usd"] <= receipt["hold_usd"]
        if model != "test/one" or place == "last chunk":
            assert (served.is_whole, receipt["cost_usd"]) == (True, served.cost)
