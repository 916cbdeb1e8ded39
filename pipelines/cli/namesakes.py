"""What a command does before all else: see that the rooms are ours, and say so in one sentence where they are not.

`rag` and `drift` import this first, for what they import next would fail with less to tell.
"""

import sys
import warnings

from pipelines.rooms import require_rooms

with warnings.catch_warnings(record=True) as _told:
    warnings.simplefilter("always")
    try:
        require_rooms()
    except ImportError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(2)
for _warning in _told:
    sys.stderr.write(f"warning: {_warning.message}\n")
