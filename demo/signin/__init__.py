"""A stand-in for a national sign-in service: an OpenID Connect provider for the demonstration's residents.

It asks for no password: one chooses who to be and how surely one proved it. Never run it for real people.
"""
