//! Arrow's C data interface: its three structs, as the specification lays them out.
//!
//! Source: <https://arrow.apache.org/docs/format/CDataInterface.html>, and for capsules
//! <https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::{self, null, null_mut};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::PyCapsule;

/// What an array holds: a type, as a short text, and a name.
#[repr(C)]
pub struct Schema {
    pub format: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub flags: i64,
    pub n_children: i64,
    pub children: *mut *mut Schema,
    pub dictionary: *mut Schema,
    pub release: Option<unsafe extern "C" fn(*mut Schema)>,
    pub private_data: *mut c_void,
}

/// Where rows lie: in which buffers, and from which place on.
#[repr(C)]
pub struct Array {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    pub n_buffers: i64,
    pub n_children: i64,
    pub buffers: *mut *const c_void,
    pub children: *mut *mut Array,
    pub dictionary: *mut Array,
    pub release: Option<unsafe extern "C" fn(*mut Array)>,
    pub private_data: *mut c_void,
}

/// Arrays of one type, one after the other, for whoever asks.
#[repr(C)]
pub struct Stream {
    pub get_schema: Option<unsafe extern "C" fn(*mut Stream, *mut Schema) -> c_int>,
    pub get_next: Option<unsafe extern "C" fn(*mut Stream, *mut Array) -> c_int>,
    pub get_last_error: Option<unsafe extern "C" fn(*mut Stream) -> *const c_char>,
    pub release: Option<unsafe extern "C" fn(*mut Stream)>,
    pub private_data: *mut c_void,
}

/// One of the three. Whoever has it calls `release`, once, which
/// also sets `release` to nothing.
pub trait Interface: Default + Send + 'static {
    /// What a capsule with one of these is called.
    const NAME: &'static CStr;

    /// Whether it has been released, or moved elsewhere, and so has nothing to give.
    fn is_released(&self) -> bool;
}

/// What the three have in common, and would otherwise stand here three times.
macro_rules! interface {
    ($kind:ident, $name:literal, { $($field:ident: $nothing:expr),* $(,)? }) => {
        impl Interface for $kind {
            const NAME: &'static CStr = $name;

            fn is_released(&self) -> bool {
                self.release.is_none()
            }
        }

        impl Default for $kind {
            /// One that counts as released: a place for another to be moved to.
            fn default() -> Self {
                Self { $($field: $nothing,)* release: None, private_data: null_mut() }
            }
        }

        impl Drop for $kind {
            fn drop(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: whoever made this says how it is
                    // released, and so far nobody did.
                    unsafe { release(self) }
                }
            }
        }

        // SAFETY: the specification lets any thread use and release one,
        // as long as it is one at a time.
        unsafe impl Send for $kind {}
    };
}

interface!(Schema, c"arrow_schema", {
    format: null(), name: null(), metadata: null(), flags: 0,
    n_children: 0, children: null_mut(), dictionary: null_mut(),
});
interface!(Array, c"arrow_array", {
    length: 0, null_count: 0, offset: 0, n_buffers: 0, n_children: 0,
    buffers: null_mut(), children: null_mut(), dictionary: null_mut(),
});
interface!(Stream, c"arrow_array_stream", { get_schema: None, get_next: None, get_last_error: None });

// SAFETY: nobody writes to what an array points to, neither its maker nor we.
unsafe impl Sync for Array {}

/// Move a struct out of its capsule: from here on it is ours, and ours to release.
///
/// Raises `TypeError` for what is no capsule, `ValueError` for one of another name,
/// or one that is empty.
pub fn take<T: Interface>(capsule: &Bound<'_, PyAny>) -> PyResult<T> {
    let capsule = capsule.cast::<PyCapsule>()?;
    let place = capsule.pointer_checked(Some(T::NAME))?.cast::<T>();
    let taken = with_critical_section(capsule, || {
        // SAFETY: by its name it holds a T, and nobody else takes it now.
        unsafe { ptr::replace(place.as_ptr(), T::default()) }
    });
    if taken.is_released() {
        let message = format!("{:?} is empty: what it had is taken", T::NAME);
        return Err(PyValueError::new_err(message));
    }
    Ok(taken)
}

impl Schema {
    /// The type in Arrow's short form: `l` for 64-bit integers, `u` for text.
    pub fn format(&self) -> PyResult<&str> {
        let nameless = || PyValueError::new_err("an Arrow schema has no type");
        if self.format.is_null() {
            return Err(nameless());
        }
        // SAFETY: not null, so it is a C string, which lives as long as the schema.
        let format = unsafe { CStr::from_ptr(self.format) };
        format.to_str().map_err(|_| nameless())
    }
}

impl Array {
    /// Where its buffers lie.
    pub fn addresses(&self) -> Vec<usize> {
        if self.buffers.is_null() {
            return Vec::new();
        }
        let count = usize::try_from(self.n_buffers).unwrap_or(0);
        // SAFETY: the specification wants so many pointers there.
        let at = |index| unsafe { *self.buffers.add(index) }.addr();
        (0..count).map(at).collect()
    }
}
