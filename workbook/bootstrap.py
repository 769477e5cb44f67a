"""The first step on a fresh machine: a virtual environment with the book's tools in it.

Run by make with whatever Python there is, so it uses the standard library only, and no syntax
that an old Python would refuse before it can be told that it is too old.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python")
STAMP = os.path.join(VENV, "installed.sha256")


def stop(sentence):
    """End with a sentence that says what to do."""
    sys.exit("make: " + sentence)


def require_tools():
    """What no Python package can bring along."""
    if sys.version_info < (3, 11):
        stop(
            "this Python is %d.%d; the book needs 3.11 or newer. Install one, then name it:"
            " make PYTHON=python3.13 book" % sys.version_info[:2]
        )
    if shutil.which("cargo") is None:
        stop("cargo is missing: install Rust from https://rustup.rs, then open a new terminal.")
    if os.name != "nt" and shutil.which("cc") is None and shutil.which("gcc") is None:
        stop(
            "a C linker is missing: "
            + (
                "run xcode-select --install."
                if sys.platform == "darwin"
                else "install one, on Debian and Ubuntu with: apt install build-essential"
            )
        )


def wanted():
    """A digest of all that decides what is installed."""
    digest = hashlib.sha256(sys.version.encode())
    names = [
        "requirements.txt",
        "constraints.txt",
        "pyproject.toml",
        os.path.join("workbook", "bootstrap.py"),
    ]
    for folder, folders, files in os.walk(os.path.join(ROOT, "workbook", "etc")):  # copied when installed
        folders.sort()
        names += [os.path.join(folder, name) for name in sorted(files)]
    for name in names:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def is_installed():
    try:
        with open(STAMP) as file:
            return file.read() == wanted() and os.path.exists(PYTHON) and works()
    except OSError:
        return False


def works():
    """Whether the environment still starts: the Python beneath it may have gone."""
    command = [PYTHON, "-c", "import workbook.layout"]
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def output(command, **options):
    """Run a command; return its exit code and what it printed."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, **options
    )
    return done.returncode, done.stdout


def run(command, **options):
    """Run a command whose output matters only when it fails."""
    code, said = output(command, **options)
    if code != 0:
        stop("this failed: " + " ".join(command) + "\n" + said)


def step(words, action):
    print(words, end=" … ", flush=True)
    start = time.monotonic()
    action()
    print("%.0f s" % (time.monotonic() - start), flush=True)


def make_environment():
    shutil.rmtree(VENV, ignore_errors=True)
    code, said = output([sys.executable, "-m", "venv", VENV])
    if code != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        stop(
            "this Python cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv\n"
            + said
        )


def install_tools():
    """All of requirements.txt but the crates, which `workbook crates` builds."""
    with open(os.path.join(ROOT, "requirements.txt")) as file:
        lines = file.read().splitlines()
    uv = next(line for line in lines if line.startswith("uv=="))
    run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", uv])
    tools = "\n".join(line for line in lines if not line.startswith("./rust_examples/"))
    install = [os.path.join(BIN, "uv"), "pip", "install", "--quiet", "--python", PYTHON, "-r", "-"]
    run(install, input=tools, cwd=ROOT)
    with open(STAMP, "w") as file:
        file.write(wanted())


def main():
    require_tools()
    if is_installed():
        return
    if not os.path.exists(PYTHON) or not os.path.exists(STAMP):
        step("The virtual environment, .venv", make_environment)
    step("The book's tools, from requirements.txt", install_tools)


if __name__ == "__main__":
    main()
