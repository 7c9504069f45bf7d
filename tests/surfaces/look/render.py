"""Renders the style pages and error pages into a folder, on settings of its own, apart from the product's.

python render.py FOLDER [STATIC_URL]
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import django
from django.conf import settings

CSRF = "x" * 32


def prepare(static_url: str) -> None:
    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles", "towpath.surfaces"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        STATIC_URL=static_url,
        USE_TZ=True,
        TIME_ZONE="UTC",
        SECRET_KEY="only for the style pages",
    )
    django.setup()


def render_all(folder: Path) -> None:
    from django.template.loader import render_to_string
    from django.utils import translation

    from towpath.surfaces.styleguide import desk_examples, portal_examples

    pages = {"styleguide": portal_examples, "styleguide_panel": portal_examples, "styleguide_desk": desk_examples}
    for language in ("en", "ar"):
        for name, examples in pages.items():
            for theme in ("", "mere"):
                values = examples() | {"csrf_token": CSRF}
                values["frame"] = replace(values["frame"], theme=theme)
                with translation.override(language):
                    page = render_to_string(f"towpath/{name}.html", values)
                name_of_file = "-".join(part for part in (name, language, theme) if part)
                (folder / f"{name_of_file}.html").write_text(page, encoding="utf-8")
    for code in ("403", "404", "500"):
        page = render_to_string(f"towpath/errors/{code}.html")
        (folder / f"{code}.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    prepare(sys.argv[2] if len(sys.argv) > 2 else "/static/")
    render_all(Path(sys.argv[1]))
