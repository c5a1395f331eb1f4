"""``python -m thecal`` is the ``thecal`` command."""

from thecal.cli import main

main()
