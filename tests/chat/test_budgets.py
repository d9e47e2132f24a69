"""A budget as the chat meets it: a shorter answer and a quiet line, or a plain sentence with the
ways out as buttons."""

from tests.chat.sitting import Sitter
from tests.gateway.budgeting import a_budget
from tests.gateway.running import WebHouse


def test_an_answer_kept_short_says_so_quietly(house: WebHouse, owner: Sitter) -> None:
    with a_budget(house, "0.01", covers="household", name="House"):
        said = owner.send("Tell me everything.")
        assert said.status_code == 200
        applied = house.newest()["details"]["max_tokens_applied"]
        assert f"Kept to {applied} tokens at most, so that it fits the budget." in said.text
    assert "tokens at most" not in owner.send("And now?").text.rsplit("And now?", 1)[1]


def test_a_refusal_for_money_offers_what_would_fit(house: WebHouse, owner: Sitter) -> None:
    with a_budget(house, "0.0001", covers="household", name="House"):
        said = owner.send("Tell me everything.").text
        assert "of “House” ($0.0001 a day) is left. It starts again at midnight (" in said
        assert "These would fit:" in said
        assert 'name="instead" value="test/free ' in said
        again = said.split('name="instead" value="test/free ', 1)[1].split('"', 1)[0]
        answered = owner.send(instead=f"test/free {again}").text
        assert "Hello from upstream." in answered
        assert "These would fit:" not in answered


def test_what_is_left_is_told_anew_with_each_answer(house: WebHouse, owner: Sitter) -> None:
    with a_budget(house, "5", covers="household", name="House"):
        owner.stream(owner.form("Hello"))
        (end,) = owner.kind("end")
        assert "left today; comes back at midnight" in end["left"]
