"""What happens to services."""

from towpath.foundation.journal import event_type

SERVICE_PUBLISHED = event_type(
    "service.published",
    "A version of a service was published.",
    "service",
    "version",
    "effective_from",
    "digest",
)
SERVICE_SUSPENDED = event_type("service.suspended", "A service is not offered for now.", "service")
SERVICE_RESUMED = event_type("service.resumed", "A service is offered again.", "service")
