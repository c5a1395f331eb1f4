"""The API: every service as an operation, described in OpenAPI, for programs with a token."""
