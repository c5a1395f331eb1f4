"""The canal by vertebral level, its fluid and cord, for one person or a population."""
