"""Whether everything is well, said in one screen: what is looked at, and what may safely be mended at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy.exc import SQLAlchemyError

from storylib.errors import StorylibError
from storylib.operations.doctor import data, machine
from storylib.operations.doctor.finding import Finding

Checks = dict[str, Callable[[], Finding]]
MACHINE: Checks = {
    "Python and SQLite": machine.versions,
    "Open files": machine.descriptors,
    "Disk": machine.disk,
    "Data folder": machine.privacy,
    "AI providers": machine.providers,
}
DATABASE: Checks = {
    "Database": data.integrity,
    "Migrations": data.migrations,
    "Sums": data.totals,
    "Queue": data.queued,
    "Pictures": data.pictures,
    "Pending pictures": data.pending,
}


def examine(*, mend: bool = False) -> Iterator[tuple[str, Finding]]:
    """Yield what each check found, by its name; with ``mend``, what can be mended safely is, and looked at again.

    What a damaged database would say of itself is not asked.
    """
    for name, check in MACHINE.items():
        yield name, _look(check, mend)
    for name, check in DATABASE.items():
        found = _look(check, mend)
        yield name, found
        if name == "Database" and found.problem:
            return


def _look(check: Callable[[], Finding], mend: bool) -> Finding:
    found = _asked(check)
    return _mended(found.mend, check) if mend and found.mend else found


def _asked(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except (StorylibError, SQLAlchemyError, OSError) as error:
        return Finding(problem=f"This could not be looked at. {' '.join(str(error).split())}")


def _mended(mend: Callable[[], object], check: Callable[[], Finding]) -> Finding:
    try:
        mend()
    except (StorylibError, SQLAlchemyError, OSError) as error:
        return Finding(problem=f"This could not be mended. {' '.join(str(error).split())}")
    after = _asked(check)
    return after if after.problem else Finding(f"Mended. {after.said}")
