"""Markdown of descriptions to HTML: CommonMark with tables, and nothing of other hosts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict


def renderer() -> Callable[[str, int], str]:
    """Return what renders a text, its highest heading at a level."""
    from markdown_it import MarkdownIt  # noqa: PLC0415  # takes a while

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.add_render_rule("image", _linked)

    def render(text: str, level: int) -> str:
        tokens = markdown.parse(text)
        headings = [token for token in tokens if token.type.startswith("heading")]
        highest = min((int(token.tag[1]) for token in headings), default=1)
        for token in headings:
            token.tag = f"h{min(int(token.tag[1]) - highest + level, 6)}"
        return str(markdown.renderer.render(tokens, markdown.options, {}))

    return render


def _linked(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    """Render an image as a link: the page fetches nothing."""
    image = tokens[at]
    words = renderer.renderInlineAsText(image.children, options, env) or "image"
    return f"<a href={quoteattr(str(image.attrs['src']))}>{escape(words)}</a>"
