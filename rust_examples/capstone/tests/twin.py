"""The same counts in pure Python: what the Rust must agree with, and is raced against."""

import gzip
import json
import re
import sys
from collections import Counter
from datetime import date
from functools import lru_cache
from heapq import nsmallest
from pathlib import Path

QUOTED = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
LINE = re.compile(
    rb"([^ ]+) (?>.*? \[)"
    rb"(\d\d/\w{3}/\d{4}):([01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)"
    rb" [+-](?:[01]\d|2[0-3])[0-5]\d\] "
    rb"(%b) ([1-9]\d\d) (\d+|-)(?: %b %b(?: .*)?)?\r?" % (QUOTED, QUOTED, QUOTED)
)
MONTHS = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@lru_cache
def exists(day: bytes) -> bool:
    """Whether there is such a day as 10/Oct/2000."""
    number, month, year = day.split(b"/")
    try:
        return bool(date(int(year), MONTHS.index(month) + 1, int(number)))
    except ValueError:
        return False


def count(path: Path) -> dict[str, object]:
    """What the requests of a log add up to."""
    requests = malformed = total = 0
    statuses, hours, targets, hosts = Counter(), Counter(), Counter(), Counter()
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path) if packed else path.open("rb") as file:
        for line in file:
            line = line.rstrip(b"\n")
            found = LINE.fullmatch(line) if len(line) <= 65_536 else None
            if found is None:
                malformed += 1
                continue
            host, day, hour, request, status, size = found.groups()
            sent = 0 if size == b"-" else int(size)
            if not exists(day) or sent >= 2**64:
                malformed += 1
                continue
            requests += 1
            total += sent
            statuses[status] += 1
            hours[hour] += 1
            targets[request] += 1
            hosts[host] += 1
    paths = Counter()
    for request, times in targets.items():
        paths[path_of(request[1:-1])] += times
    return {
        "requests": requests,
        "malformed": malformed,
        "bytes": total,
        "statuses": {status.decode(): statuses[status] for status in sorted(statuses)},
        "hours": [hours[b"%02d" % hour] for hour in range(24)],
        "paths": most(paths),
        "hosts": most(hosts),
    }


def path_of(request: bytes) -> bytes:
    """The target of a request, without what follows a `?`."""
    first, last = request.find(b" "), request.rfind(b" ")
    return request[first + 1 : last].partition(b"?")[0] if first < last else request


def most(counts: Counter[bytes]) -> dict[str, int]:
    """The ten most frequent, the first of equals in the order of bytes."""
    ten = nsmallest(10, counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return {key.decode("utf-8", "surrogateescape"): times for key, times in ten}


if __name__ == "__main__":
    print(json.dumps(count(Path(sys.argv[1]))))
