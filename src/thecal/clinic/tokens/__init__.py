"""Tokens: by which a person's own programs act for them, within scopes and until a day."""
