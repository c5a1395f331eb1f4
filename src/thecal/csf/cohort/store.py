"""A study's results on disk: one Zarr array for each regimen, written chunk by chunk.

A chunk of patients is one shard, so that workers write apart from each other; a chunk counts as
done only once its marker stands, and the marker comes after the data. A chunk that was cut off is
simply computed again, to the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray

from thecal.csf.cohort.study import CHUNK, Study, StudyError

Array = NDArray[Any]
_INNER_TIMES = 32
_STUDY, _DONE = "study.json", "done"


class Store:
    """A folder with a study and its results so far: ``regimen_0`` (patient, time, level) µg/mL."""

    def __init__(self, folder: Path, study: Study) -> None:
        self.folder, self.study = folder, study

    @classmethod
    def create(cls, folder: Path, study: Study) -> Store:
        """A new folder, or the one that holds the same study already.

        Raises:
            StudyError: the folder holds something else.
            OSError: it cannot be written.
        """
        if (folder / _STUDY).exists():
            store = cls.open(folder)
            if store.study.digest != study.digest:
                raise StudyError(f"{folder} holds another study; choose another folder")
            return store
        if folder.exists() and any(folder.iterdir()):
            raise StudyError(f"{folder} is not empty and holds no study")
        store = cls(folder, study)
        store._make()
        return store

    @classmethod
    def open(cls, folder: Path) -> Store:
        """A folder that was made before.

        Raises:
            StudyError: it holds no study, or one of other constants.
        """
        try:
            values = json.loads((folder / _STUDY).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise StudyError(f"{folder} holds no cohort study") from error
        study = Study.from_plain(values["study"])
        if values["digest"] != study.digest:
            raise StudyError(f"{folder}: its study was run with other constants; run it anew")
        return cls(folder, study)

    def _make(self) -> None:
        """The arrays first, the study last: a folder without a study is not one yet."""
        study = self.study
        (self.folder / _DONE).mkdir(parents=True)
        times, levels = len(study.times_h), len(study.levels)
        group = zarr.open_group(self.folder / "data.zarr", mode="w")
        inner = min(_INNER_TIMES, times)
        for index, regimen in enumerate(study.regimens):
            array = group.create_array(
                f"regimen_{index}",
                shape=(study.patients, times, levels),
                shards=(CHUNK, -(-times // inner) * inner, levels),
                chunks=(CHUNK, inner, 1),
                dtype="float64",
                fill_value=np.nan,
            )
            array.attrs.update({"drug": regimen.drug, "given": regimen.given, "units": "ug/mL"})
        group.create_array("time", data=study.times_h).attrs["units"] = "h"
        group.attrs.update({"levels": list(study.levels), "seed": study.seed})
        self._put(_STUDY, {"study": study.to_plain(), "digest": study.digest})

    def _put(self, name: str, values: dict[str, Any]) -> None:
        """Write a file so that it is there whole or not at all."""
        draft = self.folder / f".{name}.{os.getpid()}"
        draft.write_text(json.dumps(values), encoding="utf-8")
        draft.replace(self.folder / name)

    def results(self, regimen: int) -> zarr.Array[Any]:
        """(patients, T, levels) µg/mL; NaN where it is not computed yet."""
        found = zarr.open_group(self.folder / "data.zarr", mode="r+")[f"regimen_{regimen}"]
        if not isinstance(found, zarr.Array):
            raise StudyError(f"{self.folder}: regimen_{regimen} is no array")
        return found

    def write(self, chunk: int, values: list[Array]) -> None:
        """Put one chunk's results for each regimen, then mark it done."""
        patients = self.study.chunk(chunk)
        for regimen, one in enumerate(values):
            self.results(regimen)[patients.start : patients.stop] = one
        (self.folder / _DONE / str(chunk)).touch()

    def missing(self) -> list[int]:
        """The chunks that are still to be computed."""
        done = {int(one.name) for one in (self.folder / _DONE).iterdir()}
        return [chunk for chunk in range(self.study.chunks) if chunk not in done]

    def by_times(self, regimen: int, level: int) -> Iterator[Array]:
        """(patients, a few times) at one level, times in order; one block at a time in memory."""
        array, times = self.results(regimen), len(self.study.times_h)
        for first in range(0, times, _INNER_TIMES):
            last = min(first + _INNER_TIMES, times)
            yield np.asarray(array[:, first:last, level])
