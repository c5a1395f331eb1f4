"""A prescription written to a file and read again is the same prescription."""

from hypothesis import given, settings
from prescriptions import any_text

from thecal.therapy.file.reading import read_text
from thecal.therapy.file.writing import write


@settings(max_examples=150, deadline=None)
@given(any_text())
def test_what_is_read_can_be_written_and_read_again_unchanged(text: str) -> None:
    prescription = read_text(text)
    written = write(prescription)
    assert read_text(written) == prescription
    assert write(read_text(written)) == written
