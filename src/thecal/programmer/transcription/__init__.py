"""A transcription: what a person read off the vendor's programmer, as a pump's settings."""
