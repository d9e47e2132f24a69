"""Setting up, where a browser with scripts makes a difference."""

from tests.browser.places import OWNER
from tests.browser.visiting import PHONE, Visitors
from tests.browser.walking import findings, overhang


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


def test_the_key_that_is_shown_once_fits_a_phone(visitors: Visitors) -> None:
    page = visitors.arrive(OWNER, width=PHONE)
    page.goto("/welcome/key/")
    page.get_by_role("button", name="Make the key").click()
    page.get_by_label("The new key").wait_for()
    assert findings(page) == []
    assert overhang(page) == []
    page.get_by_role("link", name="I have saved the key").click()
    page.get_by_label("Your question").wait_for()
