//! A small uv: which versions of which projects fit together, found by `PubGrub` in a recorded index.

mod explain;
mod index;
mod provider;
mod requirement;

pub use index::Index;
pub use provider::{Failed, resolve};
