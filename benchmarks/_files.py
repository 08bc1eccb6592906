"""What a job's files cost with nothing around them: no way of running a job can be cheaper."""

from __future__ import annotations

import os
import time
from pathlib import Path

from _configs import Case
from _sides import Side, new_folder, nothing


def files_of_a_job(side: Side, case: Case) -> dict[str, bytes]:
    """Give the files that a job writes, by their path in its folder."""
    with new_folder():
        side(case, nothing, case.overrides(2))
        (folder,) = Path("multirun").glob("*/*/1")
        found = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def files_alone(files: dict[str, bytes], jobs: int = 200) -> float:
    """Give the seconds that a job's folders and files take with nothing around them."""
    folders = sorted({str(Path(name).parent) for name in files} - {"."})
    with new_folder():
        start = time.perf_counter()
        for job in range(jobs):
            os.mkdir(str(job))  # noqa: PTH102 - the plainest way
            for folder in folders:
                os.mkdir(f"{job}/{folder}")  # noqa: PTH102 - as above
            for name, text in files.items():
                with open(f"{job}/{name}", "wb") as file:  # noqa: PTH123 - as above
                    file.write(text)
        return (time.perf_counter() - start) / jobs
