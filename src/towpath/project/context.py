"""What every page knows: its frame. A view that knows more about who looks gives its own."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from towpath.foundation import tenancy
from towpath.surfaces.frames import resident_frame
from towpath.surfaces.look import Frame


def body(request: HttpRequest) -> dict[str, Any]:
    def frame() -> Frame:
        return resident_frame(request) if tenancy.is_set() else Frame(body="Towpath")

    return {"tenant": getattr(request, "tenant", None), "frame": SimpleLazyObject(frame)}
