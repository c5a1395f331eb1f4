"""The Django project: settings from the environment, the addresses, the server."""
