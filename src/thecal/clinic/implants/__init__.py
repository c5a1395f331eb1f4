"""The permanent pump: the operation, the stay, the wound, its replacement and removal."""
