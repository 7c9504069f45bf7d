"""Staff sign in: django-allauth's views in our own look. Nobody signs up here."""
