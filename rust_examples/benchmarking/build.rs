//! A library in which a profiler can follow calls.

fn main() {
    // The linker of today's rustc may lay out a library so that code does not lie at the
    // place in the file which its address says. libunwind, by which py-spy finds out who
    // called whom, then loses its way.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,separate-loadable-segments");
    }
}
