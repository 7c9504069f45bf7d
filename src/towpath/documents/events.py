"""What happens to files. Names and content stay in rows that can be erased."""

from towpath.foundation.journal import event_type

KEPT = event_type("documents.kept", "Somebody gave us a file.", "document", "size", "content_type", "state")
ATTACHED = event_type("documents.attached", "A draft's files became the case's.", "count")
SCANNED = event_type("documents.scanned", "The scanner found nothing in a file.", "document")
REFUSED = event_type("documents.refused", "The scanner found something; the content is gone.", "document")
DISCARDED = event_type("documents.discarded", "A file was taken back before it was sent.", "document")
