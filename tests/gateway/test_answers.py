"""What a client gets: JSON and streams in OpenRouter's shape, at the exact cost on the receipt."""

from tests.gateway.running import WebHouse


def test_json(house: WebHouse) -> None:
    answer = house.ask()
    assert answer.status_code == 200, answer.text
    print(answer.json(), answer.headers)
    print(house.receipt(answer.json()["id"]))


def test_sse(house: WebHouse) -> None:
    s = house.stream()
    print(s)
    print(house.receipt(s.events[0]["id"]))
