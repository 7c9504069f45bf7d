"""Residents sign in through their country's or town's OpenID Connect provider."""
