"""How long the package takes, and the pure-Python twin: `python benches/bench_twin.py ACCESS_LOG`."""

import sys
from pathlib import Path
from statistics import median
from timeit import repeat

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
import twin
from capstone import analyse

log = Path(sys.argv[1])
times = {
    "capstone": median(repeat(lambda: analyse(log), number=1, repeat=5)),
    "twin": median(repeat(lambda: twin.count(log), number=1, repeat=3)),
}
for name, seconds in times.items():
    print(f"{name:>9}: {seconds:6.3f} s, {log.stat().st_size / 1e6 / seconds:7.1f} MB/s")
