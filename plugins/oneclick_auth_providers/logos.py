"""Small marks for the providers' buttons, for clients that have none of their own: the initial in a circle."""

from __future__ import annotations


def _initial(letter: str, colour: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" role="img">'
        f'<circle cx="12" cy="12" r="12" fill="{colour}"/>'
        '<text x="12" y="17" text-anchor="middle" font-family="sans-serif" font-size="14" font-weight="700" '
        f'fill="#fff">{letter}</text></svg>'
    )


GITHUB = _initial("G", "#1f2328")
MICROSOFT = _initial("M", "#0067b8")
GOOGLE = _initial("G", "#1a73e8")
GITLAB = _initial("L", "#c24e12")
OPENID = _initial("O", "#5b6470")
