"""Wheels of all crates, in `_build/wheels`, for readers who have no Rust: `make wheels`.

They are compiled as `workbook crates` compiles, so what is built is not compiled again. Beside them stand
what to install first, `tools.txt`, and the crates by name, `crates.txt`: from no index, since anybody may
upload a package of that name.
"""

from __future__ import annotations

import sys
from pathlib import Path

from workbook import crates, layout, processes

WHEELS = layout.BUILD / "wheels"
CRATE = "./rust_examples/"


def build(crate: layout.Crate, folder: Path) -> None:
    """Compile a crate for the Python that runs us, and put its wheel into the folder."""
    options = ["--release", "--locked", "--interpreter", sys.executable, "--out", str(folder)]
    command = [sys.executable, "-m", "maturin", "build", *options, "--manifest-path", str(crate.manifest)]
    with crates.building(crate):
        ended = processes.run(command, env=crates.environment())
    if ended.code != 0:
        sys.exit(f"{crate.slug} could not be built:\n\n{ended.out}{ended.err}")


def is_built(crate: layout.Crate, folder: Path) -> bool:
    """Whether there is a wheel for this Python that is younger than what the crate is made of."""
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    found = folder.glob(f"{crate.distribution.replace('-', '_')}-*-{python}-*.whl")
    changed = max(source.stat().st_mtime for source in crate.sources if source.exists())
    return any(wheel.stat().st_mtime > changed for wheel in found)


def write_requirements(folder: Path) -> None:
    """The lines of requirements.txt in two files, as they read from the folder of the wheels."""
    lines = (layout.ROOT / "requirements.txt").read_text("utf-8").splitlines()
    tools = [line for line in lines if not line.startswith(CRATE)]
    tools = [line.replace("-c constraints.txt", "-c ../../constraints.txt") for line in tools]
    (folder / "tools.txt").write_text("\n".join(tools) + "\n", "utf-8")
    names = [crate.distribution for crate in layout.crates()]
    (folder / "crates.txt").write_text("\n".join(["--no-index", "--find-links .", *names]) + "\n", "utf-8")


def main() -> None:
    """Build them all."""
    WHEELS.mkdir(parents=True, exist_ok=True)
    write_requirements(WHEELS)
    for crate in layout.crates():
        if is_built(crate, WHEELS):
            continue
        print(f"{crate.slug} …", flush=True)
        build(crate, WHEELS)
    print(f"{len(layout.crates())} wheels are in {WHEELS.relative_to(layout.ROOT)}")


if __name__ == "__main__":
    main()
