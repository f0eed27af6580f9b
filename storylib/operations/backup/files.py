"""The file of a backup."""

from __future__ import annotations

import os
from pathlib import Path

from storylib.errors import Invalid, Unavailable


def reserve(file: Path) -> None:
    """Create a file that no one else may read (mode 600): it will hold password hashes and children's stories.

    Raises:
        Invalid: it exists.
        Unavailable: it cannot be written.
    """
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise Invalid(f"{file} already exists. Nothing was overwritten; choose another name.") from None
    except OSError as error:
        raise Unavailable(f"{file} cannot be written: {error.strerror}.") from None


def require(file: Path) -> None:
    """Refuse what is not there.

    Raises:
        Invalid: there is no such file.
    """
    if not file.is_file():
        raise Invalid(f"There is no file {file} to restore. Nothing was changed.")
