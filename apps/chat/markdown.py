"""Model text → HTML that may stand in a page: no HTML of the model's own, no pictures, no address
that could run anything, code coloured by classes alone."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

LONGEST_COLOURED = 20_000  # letters; colouring more takes longer than it helps
COLOURED = frozenset(
    """bash c c++ cpp css diff go html ini java javascript js json jsx kotlin php py python rb ruby
    rs rust scss sh shell sql swift toml ts tsx typescript xml yaml yml""".split()  # noqa: SIM905
)
LONGEST_MARKDOWN = 200_000  # letters; a longer text stands as it was written
MOST_BRACKETS = 1000  # each is looked behind for a link, a hundred levels deep
LONGEST_NAME = 20
DEEPEST = 100  # levels, two for each list; what is deeper, and behind it, is not shown
TAGS = frozenset(
    """p br strong em s del code pre blockquote ul ol li h3 h4 h5 h6 hr a span div table thead tbody
    tr th td""".split()  # noqa: SIM905
)
BOX = {"class", "tabindex", "role", "aria-label"}
ATTRIBUTES = {
    "a": {"href", "title"},
    "span": {"class"},
    "code": {"class"},
    "ol": {"start"},
    "pre": BOX,
    "div": BOX,
}
SCHEMES = {"http", "https", "mailto"}
COLOURS: "HtmlFormatter[str]" = HtmlFormatter(nowrap=True, classprefix="hl-")


def rendered(text: str) -> SafeString:
    whole = text.encode("utf-8", "replace").decode()  # half a pair of surrogates is no letter
    if len(whole) > LONGEST_MARKDOWN:
        return _as_written(whole)
    parser = PARSER if whole.count("[") <= MOST_BRACKETS else WITHOUT_LINKS
    tokens = parser.parse(whole)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):  # the page's own come first
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    return _cleaned(parser.renderer.render(tokens, parser.options, {}))


def _as_written(text: str) -> SafeString:
    paragraphs = (escape(one).replace("\n", "<br>") for one in text.split("\n\n") if one.strip())
    return mark_safe("".join(f"<p>{one}</p>" for one in paragraphs))


def _cleaned(html: str) -> SafeString:
    clean = nh3.clean(
        html,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return mark_safe(clean)


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """An address without a scheme would lead into this house."""
    if attribute == "href" and value.partition(":")[0].lower() not in SCHEMES:
        return None
    return value


def _fence(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    language = (token.info.split() or [""])[0][:LONGEST_NAME].lower()
    label = escape(f"Code, {language}" if language else "Code")
    inner = _coloured(token.content, language)
    return (
        f'<pre class="code" tabindex="0" role="group" aria-label="{label}">'
        f"<code>{inner}</code></pre>\n"
    )


def _coloured(code: str, language: str) -> str:
    if language not in COLOURED or len(code) > LONGEST_COLOURED:
        return escape(code)
    try:
        return str(highlight(code, get_lexer_by_name(language, stripnl=False), COLOURS))
    except ClassNotFound:
        return escape(code)


def _table_open(self: RendererHTML, *_: Any) -> str:
    return '<div class="wide" tabindex="0" role="group" aria-label="Table"><table>'


def _table_close(self: RendererHTML, *_: Any) -> str:
    return "</table></div>"


def _link_open(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """Where a link leads is told beside it, whatever its words say."""
    token = tokens[index]
    try:
        host = urlsplit(str(token.attrGet("href") or "")).hostname
    except ValueError:
        host = None
    if host:
        token.attrSet("title", host)
    return self.renderToken(tokens, index, options, env)


def _parser() -> MarkdownIt:
    options = {"html": False, "maxNesting": DEEPEST}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.disable("image")  # a picture from elsewhere would tell its server who reads
    for name in ("fence", "code_block"):
        parser.add_render_rule(name, _fence)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    parser.add_render_rule("link_open", _link_open)
    return parser


PARSER = _parser()
WITHOUT_LINKS = _parser().disable(["link", "reference"])
