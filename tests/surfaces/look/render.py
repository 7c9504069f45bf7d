"""The style pages, rendered without a server: for the tests, and for looking at them.

`python -m tests.surfaces.look.render FOLDER` writes them and the assets that they load, ready for a browser.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "src/towpath/surfaces/static"
KINDS = ("forbidden", "not-found", "expired", "failed")


def pages() -> dict[str, str]:
    """Page by file name: every style page in both directions and both themes, and the error pages."""
    from django.template.loader import render_to_string

    made = {}
    for name in ("styleguide", "styleguide_panel", "styleguide_desk"):
        for language in ("en", "ar"):
            made[f"{name}-{language}"] = _style_page(name, language, "")
        made[f"{name}-en-mere"] = _style_page(name, "en", "mere")
    for kind in KINDS:
        made[f"error-{kind}"] = render_to_string("towpath/error.html", {"kind": kind})
    towns = [{"name": "Millbrook Council", "address": "#"}, {"name": "Eastmere Council", "address": "#"}]
    made["bodies"] = render_to_string("towpath/bodies.html", {"bodies": towns})
    return made


def _style_page(name: str, language: str, theme: str) -> str:
    from django.template.loader import render_to_string
    from django.utils import translation

    from towpath.surfaces.styleguide import desk_examples, portal_examples

    values = desk_examples() if name.endswith("desk") else portal_examples()
    frame = values["frame"]
    languages = [replace(each, current=each.code == language) for each in frame.languages]
    values["frame"] = replace(frame, theme=theme, languages=languages)
    values["csrf_token"] = "x" * 32
    with translation.override(language):
        return render_to_string(f"towpath/{name}.html", values)


def main(folder: Path) -> None:
    import django
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles", "towpath.surfaces"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        STATIC_URL="static/",
        USE_TZ=True,
        TIME_ZONE="UTC",
        SECRET_KEY="only for the style pages",
    )
    django.setup()
    shutil.copytree(STATIC, folder / "static", dirs_exist_ok=True)
    for name, page in pages().items():
        (folder / f"{name}.html").write_text(page.replace('"/static/', '"static/'), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
