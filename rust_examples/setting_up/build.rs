//! Runs before the crate is compiled, and writes down what its
//! module will tell about itself.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    for name in ["TARGET", "PROFILE", "OPT_LEVEL"] {
        tell(name, env::var(name).ok());
    }
    tell("RUSTC", rustc());
    tell("PYO3", pyo3());
    println!("cargo::rerun-if-changed=build.rs");
}

/// Set `BUILT_…` for the compiler, which the source reads with `env!`.
fn tell(name: &str, value: Option<String>) {
    let value = value.unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env=BUILT_{name}={value}");
}

/// The first line that the compiler says of itself.
fn rustc() -> Option<String> {
    let output = Command::new(env::var_os("RUSTC")?)
        .arg("-V")
        .output()
        .ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    said.lines().next().map(str::to_owned)
}

/// The version of `pyo3` in the `Cargo.lock` that this build follows:
/// the nearest one above the crate.
fn pyo3() -> Option<String> {
    let manifest = env::var_os("CARGO_MANIFEST_DIR")?;
    let lock = Path::new(&manifest)
        .ancestors()
        .map(|folder| folder.join("Cargo.lock"))
        .find(|lock| lock.exists())?;
    println!("cargo::rerun-if-changed={}", lock.display());
    let text = fs::read_to_string(lock).ok()?;
    let mut lines = text.lines().skip_while(|line| *line != "name = \"pyo3\"");
    let version = lines.nth(1)?.strip_prefix("version = \"")?;
    version.strip_suffix('"').map(str::to_owned)
}
