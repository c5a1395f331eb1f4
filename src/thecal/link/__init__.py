"""The link: bytes between two parties that can trust each other, whatever the bytes mean.

Everything here but ``transports`` is free of sockets and clocks: bytes and instants go in, bytes
and events come out. The specification is docs/link.md; section signs (§) refer to it.
"""
