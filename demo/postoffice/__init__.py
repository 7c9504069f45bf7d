"""The demonstration's post office: takes every e-mail that Towpath sends, shows it, and sends answers back."""
