"""A drawing as a file of its own: the classes get their light colours, so that it looks the same anywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

_ROLE = re.compile(r"--([\w-]+):\s*light-dark\(\s*(#[0-9a-fA-F]{3,8})\s*,")
_FONT = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"
_RULES = """
svg { background: %(page)s }
text { font: 12px FONT; fill: %(ink-3)s }
.tx-t { font-weight: 600; fill: %(ink-2)s } .tx-b { font-weight: 600; fill: %(ink)s }
.halo { paint-order: stroke; stroke: %(page)s; stroke-width: 4px; stroke-linejoin: round }
.ax { stroke: %(ink-3)s; fill: none } .ax-minor { opacity: 0.5 } .gr { stroke: %(rule)s; fill: none }
.iso { stroke: %(rule-2)s; stroke-dasharray: 2 4; fill: none }
.front { stroke: %(ink)s; stroke-width: 1.6; fill: none } .front-other { stroke: %(rule-2)s }
.front-2 { stroke-dasharray: 7 3 } .front-3 { stroke-dasharray: 2 3 } .front-4 { stroke-dasharray: 8 3 2 3 }
.front-5 { stroke-dasharray: 12 4 } .front-6 { stroke-dasharray: 1 4 }
.beyond { fill: %(ink)s; opacity: 0.06 } .limit { stroke: %(ink)s; stroke-dasharray: 1 2; fill: none }
.m.faint { opacity: 0.45 }
.front-area { fill: %(ink)s; opacity: 0.035 }
.refline { stroke: %(ink-2)s; stroke-dasharray: 5 3; fill: none }
.ring { fill: none; stroke: %(ink)s; stroke-width: 1.2 }
.m { stroke-width: 1.4; stroke-linejoin: round } .m-unknown { fill: none; stroke: %(ink-3)s }
""".replace("FONT", _FONT)
_OUTLINED = ("linux-soc", "mobile-npu")


def light_palette(tokens_css: str) -> dict[str, str]:
    """Colour role → light value, from the text of ``tokens.css``."""
    return dict(_ROLE.findall(tokens_css))


def standalone_svg(svg: str, palette: Mapping[str, str], title: str, source: str) -> str:
    """``svg`` (a drawing of this package) with its style inside, and with its title and source as description."""
    rules = _RULES % palette + "".join(
        _class_rule(role, colour) for role, colour in palette.items() if role[:2] == "c-"
    )
    # Last, so that it wins over the fill of the classes.
    rules += f".m.hollow {{ fill: {palette['page']} }}\n"
    head, _, content = svg.partition(">")
    head = head.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    about = f"<title>{escape(title)}</title><desc>{escape(source)}</desc>"
    return f"{head}>{about}<style>{rules}</style>{content}\n"


def _class_rule(role: str, colour: str) -> str:
    name = role.removeprefix("c-")
    if name in _OUTLINED:
        return f".m-{name} {{ fill: none; stroke: {colour}; stroke-width: 2.4 }}\n"
    return f".m-{name} {{ fill: {colour}; stroke: {colour} }}\n"
