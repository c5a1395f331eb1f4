"""The notebook: what one programmer keeps on disk of the pumps that it is paired with."""

from thecal.programmer.notebook.notebook import Notebook, default_home
from thecal.programmer.notebook.page import BusyError, NotebookError, Page

__all__ = ["BusyError", "Notebook", "NotebookError", "Page", "default_home"]
