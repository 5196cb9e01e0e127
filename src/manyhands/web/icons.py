"""The icons, drawn on a 20 by 20 grid with one stroke width; used through ``{% icon "check" %}``."""

# Path data, or whole elements where a path is clumsy. Everything is stroked, nothing filled.
_PATHS = {
    "alert": "M10 3 2.2 16.5h15.6zM10 8.2v3.6M10 14.2v.1",
    "arrow-left": "M16 10H4m5-5-5 5 5 5",
    "arrow-right": "M4 10h12m-5-5 5 5-5 5",
    "briefcase": "M3 7h14v9.5H3zM7 7V4.5h6V7M3 11.5h14M10 11v1.5",
    "calendar": "M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5",
    "chart": "M3 3.5v13h14M7 13.5V10m3.5 3.5V6m3.5 7.5V8.5",
    "check": "m4 10.5 4 4 8-9",
    "chevron-down": "m5 7.5 5 5 5-5",
    "chevron-left": "m12.5 5-5 5 5 5",
    "chevron-right": "m7.5 5 5 5-5 5",
    "clock": "M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM10 6v4l2.8 1.8",
    "copy": "M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7",
    "download": "M10 3v9.5m-4-4 4 4 4-4M3.5 14v3h13v-3",
    "edit": "M12.5 4.5l3 3L7 16l-3.8.8L4 13zM14 3l3 3-1.5 1.5-3-3z",
    "external": "M11.5 3.5h5v5m0-5L9 11M8 4.5H3.5v12h12V12",
    "eye": "M2 10c2-3.5 4.7-5.2 8-5.2s6 1.7 8 5.2c-2 3.5-4.7 5.2-8 5.2S4 13.5 2 10z"
    "M10 7.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8z",
    "filter": "M3 5h14M5.8 10h8.4M8.5 15h3",
    "flag": "M4.5 17.5V3.2c4-1.6 6.5 1.8 11 .3v8.2c-4.5 1.5-7-1.9-11-.3",
    "globe": "M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM2.8 10h14.4"
    "M10 2.8c2.2 2 3.2 4.4 3.2 7.2s-1 5.2-3.2 7.2c-2.2-2-3.2-4.4-3.2-7.2s1-5.2 3.2-7.2z",
    "info": "M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM10 9v4.6M10 6.3v.1",
    "keyboard": "M2 5h16v10H2zM5 8v.1M8 8v.1M11 8v.1M14 8v.1M5 10.5v.1M15 10.5v.1M7 12.5h6",
    "list": "M7 5h10M7 10h10M7 15h10M3.5 5v.1M3.5 10v.1M3.5 15v.1",
    "lock": "M4.5 9h11v8h-11zM7 9V6a3 3 0 0 1 6 0v3",
    "mail": "M2.5 4.5h15v11h-15zM2.5 5.5 10 11l7.5-5.5",
    "menu": "M3 5.5h14M3 10h14M3 14.5h14",
    "money": "M2.5 5h15v10h-15zM10 7.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8zM5.3 10v.1M14.7 10v.1",
    "monitor": "M2.5 4h15v10h-15zM7 17h6M10 14v3",
    "moon": "M16.8 11.8A7 7 0 0 1 8.2 3.2a7 7 0 1 0 8.6 8.6z",
    "pause": "M7 4.5v11M13 4.5v11",
    "play": "M6 4v12l10-6z",
    "plus": "M10 4v12M4 10h12",
    "return": "M7.5 4 3.5 8l4 4M3.5 8H12a4.2 4.2 0 0 1 0 8.4H8",
    "search": "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4",
    "settings": "M3 6h7M14 6h3M3 14h3M10 14h7"
    "M12 4a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM8 12a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
    "skip": "M4.5 4.5v11l8-5.5zM15.5 4.5v11",
    "star": "m10 2.8 2.2 4.6 5 .7-3.6 3.5.9 5-4.5-2.4-4.5 2.4.9-5L2.8 8.1l5-.7z",
    "sun": "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18"
    "M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M15.7 4.3l-1.1 1.1M5.4 14.6l-1.1 1.1",
    "trash": "M3.5 5.5h13M8 5.5V3.5h4v2M5 5.5l.8 11.5h8.4L15 5.5M8.5 9v4.5M11.5 9v4.5",
    "upload": "M10 13V3.5m-4 4 4-4 4 4M3.5 14v3h13v-3",
    "user": "M10 3a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM3.5 17.2c.6-3.2 3-4.7 6.5-4.7s5.9 1.5 6.5 4.7",
    "users": "M7.5 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM1.8 16.5c.5-2.9 2.6-4.2 5.7-4.2s5.2 1.3 5.7 4.2"
    "M13 4.3a2.9 2.9 0 0 1 0 5.5M15 12.8c1.8.6 2.9 1.8 3.2 3.7",
    "x": "m5 5 10 10M15 5 5 15",
}

NAMES = tuple(sorted(_PATHS))

# Several strokes that come from different sides and meet in one point.
MARK = (
    '<svg width="{size}" height="{size}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
    'stroke-width="2.25" stroke-linecap="round" aria-hidden="true" focusable="false">'
    '<path d="M2.5 4.5C7 5 10.5 7.5 12 12.5M9.5 2.2c.8 3.3 1.6 6.5 2.5 10.3M17.5 2.8'
    'c-2.2 2.6-4.2 5.7-5.5 9.7M22 8.8c-4 .2-7.6 1.3-10 3.7M12 12.5v9.3"/></svg>'
)


def path_of(name: str) -> str:
    """The path data of an icon. Raises KeyError for a name that is not drawn."""
    return _PATHS[name]
