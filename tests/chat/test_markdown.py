"""How what a model writes is shown. That nothing of it runs stands in test_hostile.py."""

import pytest

from apps.chat.markdown import rendered


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# A\n", "<h3>A</h3>\n"),
        ("###### A\n", "<h6>A</h6>\n"),
        ("*a* ~~b~~ `c`", "<p><em>a</em> <s>b</s> <code>c</code></p>\n"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>\n'),
        ("a < b & c", "<p>a &lt; b &amp; c</p>\n"),
    ],
)
def test_how_it_reads(text: str, html: str) -> None:
    assert rendered(text) == html


def test_deep_lists_lose_nothing() -> None:
    lines = [f"{'  ' * level}- level {level}" for level in range(40)]
    html = rendered("\n".join([*lines, "", "And after."]))
    assert "level 39" in html
    assert "<p>And after.</p>" in html


def test_links_tell_where_they_lead_and_take_nothing_along() -> None:
    html = rendered("[my bank](https://evil.example/x)")
    assert 'title="evil.example"' in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert 'target="_blank"' in html


def test_code_is_coloured_and_can_be_reached_by_keys() -> None:
    html = rendered("```python\nreturn 1 < 2\n```")
    assert '<span class="hl-k">return</span>' in html
    assert 'tabindex="0"' in html
    assert 'aria-label="Code, python"' in html
    assert rendered("```no-such\na<b\n```").count("span") == 0


def test_brackets_without_number_cost_the_links_and_not_the_house() -> None:
    """Each bracket is looked behind for a link: forty thousand of them once took twenty seconds."""
    link = "[a](https://a.example)"
    assert 'href="https://a.example"' in rendered("[" * 500 + "\n\n" + link)
    html = rendered("**bold**\n\n" + "[" * 5_000 + "\n\n" + link)
    assert "<strong>bold</strong>" in html
    assert "[a](https://a.example)" in html


def test_what_is_longer_than_any_answer_stands_as_it_was_written() -> None:
    html = rendered("# <b>A</b>\nb\n\n" * 20_000)
    assert html.startswith("<p># &lt;b&gt;A&lt;/b&gt;<br>b</p><p># ")
