"""Setting up, where a browser with scripts makes a difference."""

from tests.browser.places import OWNER
from tests.browser.visiting import Visitors


def test_a_house_in_utc_is_offered_the_zone_of_the_browser(visitors: Visitors) -> None:
    [standing] = visitors.house.rows("SELECT zone FROM accounts_household")
    visitors.house.rows("UPDATE accounts_household SET zone = 'UTC'")
    page = visitors.sitting(OWNER)
    try:
        page.goto("/welcome/household/")
        assert page.input_value("#id_zone") == "Europe/Berlin"
    finally:
        visitors.house.rows("UPDATE accounts_household SET zone = %s", standing["zone"])
    page.goto("/welcome/household/")
    assert page.input_value("#id_zone") == standing["zone"]
