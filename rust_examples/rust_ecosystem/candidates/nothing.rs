//! Nothing: this package is there to be resolved.
