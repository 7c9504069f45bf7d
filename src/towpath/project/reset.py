"""`make reset`: back to before the first run. Removes `var/`, and the database wherever it lies."""

import shutil
import sys
from collections.abc import Sequence

from towpath.project import postgres
from towpath.project.folders import var_folder
from towpath.project.run import only_one
from towpath.project.supervise import RunError


def main(argv: Sequence[str] = ()) -> int:
    var = var_folder()
    if not var.exists():
        print(f"Nothing to remove: there is no {var}.")
        return 0
    try:
        with only_one(var):
            for folder in (var / "postgres", var / "test" / "postgres"):
                postgres.reset(folder)
            shutil.rmtree(var)
    except (RunError, postgres.DatabaseError, OSError) as why:
        print(why, file=sys.stderr)
        return 1
    print(f"Removed {var}. The next `make run` begins anew.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
