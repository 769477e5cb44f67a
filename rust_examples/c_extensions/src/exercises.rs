//! Exercises: how four bugs end, what to give back, and a neighbour.
#![allow(unused_variables)]
#![allow(clippy::const_is_empty)] // it is empty until you begin
#![allow(clippy::unnecessary_wraps)] // the signatures are those of the solutions

use pyo3::pymodule;

/// For you to finish. No Rust is needed: change what the comments mark.
#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;

    /// Predict: Four bugs, as short Python programs that do by `ctypes` what C would. And four ends:
    ///
    /// - `a`: exit code 0, and a key that belongs to somebody else is printed
    /// - `b`: `Fatal Python error: Segmentation fault`
    /// - `c`: exit code 0, and several megabytes more than there should be
    /// - `d`: `Fatal Python error: …: bad trailing pad byte`
    ///
    /// Which program ends how? Put four letters between the quotation marks, in the order of `programs`.
    /// The case runs them, each in a process of its own, with Python's debug allocator, which puts
    /// some bytes of its own around each block of memory, and looks at them when the block is freed.
    ///
    /// >>> import subprocess, sys
    /// >>> start = "import ctypes, faulthandler, sys\n"
    /// >>> start += "api = ctypes.pythonapi; faulthandler.enable()\n"
    /// >>> references = """
    /// ... before = sys.getallocatedblocks()
    /// ... for number in range(20_000):
    /// ...     block = bytes(400)
    /// ...     api.Py_IncRef(ctypes.py_object(block))
    /// ... more = sys.getallocatedblocks() - before
    /// ... print("20,000 more" if more > 19_000 else "as before")
    /// ... """
    /// >>> zero = """
    /// ... faulthandler._read_null()
    /// ... """
    /// >>> seventeen = """
    /// ... api.PyMem_Malloc.restype = ctypes.c_void_p
    /// ... block = ctypes.c_void_p(api.PyMem_Malloc(ctypes.c_size_t(16)))
    /// ... ctypes.memset(block, 0, 17)
    /// ... api.PyMem_Free(block)
    /// ... """
    /// >>> behind = """
    /// ... class Session(ctypes.Structure):
    /// ...     _fields_ = [("word", ctypes.c_char * 8), ("key", ctypes.c_char * 8)]
    /// ... session = Session(b"sizof", b"k-93f1")
    /// ... print(ctypes.string_at(ctypes.addressof(session) + 8, 6).decode())
    /// ... """
    /// >>> programs = [references, zero, seventeen, behind]
    /// >>> def end(program):
    /// ...     command = [sys.executable, "-X", "dev", "-c", start + program]
    /// ...     child = subprocess.run(command, capture_output=True, text=True, timeout=30)
    /// ...     said = child.stdout + child.stderr
    /// ...     marks = {"k-93f1": "a", "Segmentation": "b", "access violation": "b",
    /// ...              "20,000 more": "c", "bad trailing pad byte": "d"}
    /// ...     found = [letter for mark, letter in marks.items() if mark in said]
    /// ...     return found[0] if found else said
    /// >>> four_ends() == "".join(end(program) for program in programs)
    /// True
    #[pyfunction]
    fn four_ends() -> PyResult<&'static str> {
        let letters = ""; // <- between the quotation marks
        if letters.is_empty() {
            return Err(PyNotImplementedError::new_err("how does each of them end?"));
        }
        Ok(letters)
    }

    /// Repair: A function in C makes a dictionary of one entry, and never gives anything back:
    ///
    /// ```c
    /// PyObject *number = PyLong_FromLong(12345);
    /// PyObject *pair = PyTuple_New(1);
    /// PyTuple_SetItem(pair, 0, number);
    /// PyObject *table = PyDict_New();
    /// PyDict_SetItem(table, name, pair);
    /// return table;
    /// ```
    ///
    /// Somebody has put `Py_DECREF(number);` before the `return`. Is that right? Change the list, so that
    /// it holds the names of all that must be given back, and of nothing else.
    ///
    /// The cases play the function line by line, with Python's own C functions, and count: 1 is a leak,
    /// and -1 is an object that will be freed while somebody still uses it.
    ///
    /// >>> import ctypes, sys
    /// >>> def call(name, *arguments):
    /// ...     function = ctypes.pythonapi[name]
    /// ...     function.restype = ctypes.c_void_p
    /// ...     return function(*map(ctypes.c_void_p, arguments))
    /// >>> def references(address):
    /// ...     return sys.getrefcount(ctypes.cast(address, ctypes.py_object).value)
    /// >>> def balance(given_back):
    /// ...     one = [object()]
    /// ...     right = references(id(one[0]))
    /// ...     made = {"number": call("PyLong_FromLong", 12345)}
    /// ...     made["pair"] = call("PyTuple_New", 1)
    /// ...     call("PyTuple_SetItem", made["pair"], 0, made["number"])
    /// ...     made["table"] = call("PyDict_New")
    /// ...     call("PyDict_SetItem", made["table"], id("name"), made["pair"])
    /// ...     for name in made:
    /// ...         call("Py_IncRef", made[name])  # held, so that a mistake does no harm
    /// ...     for name in given_back:
    /// ...         call("Py_DecRef", made[name])
    /// ...     return {name: references(made[name]) - 1 - right for name in made}
    /// >>> balance(given_back())["number"]
    /// 0
    /// >>> balance(given_back())["pair"]
    /// 0
    /// >>> balance(given_back())["table"]
    /// 0
    #[pyfunction]
    fn given_back() -> Vec<&'static str> {
        vec!["number"] // <- this list
    }

    /// Build: Three records as C lays them out in memory, and a function that returns what stands at some
    /// index of `word`, whatever that index is. For each of the three choose the index at which the key
    /// begins. The middle one is harder than it looks: C likes an integer of four bytes to stand at
    /// a multiple of four.
    ///
    /// >>> from ctypes import Structure, addressof, c_char, c_int32, string_at
    /// >>> class Neighbours(Structure):
    /// ...     _fields_ = [("word", c_char * 16), ("key", c_char * 6)]
    /// >>> class Apart(Structure):
    /// ...     _fields_ = [("word", c_char * 10), ("visits", c_int32), ("key", c_char * 6)]
    /// >>> class Before(Structure):
    /// ...     _fields_ = [("key", c_char * 6), ("visits", c_int32), ("word", c_char * 16)]
    /// >>> def peek(record, index):
    /// ...     session = record(word=b"get_sizof", key=b"k-93f1")
    /// ...     return string_at(addressof(session) + record.word.offset + index, 6)
    /// >>> peek(Neighbours, exposing()[0])
    /// b'k-93f1'
    /// >>> peek(Apart, exposing()[1])
    /// b'k-93f1'
    /// >>> peek(Before, exposing()[2])
    /// b'k-93f1'
    #[pyfunction]
    fn exposing() -> PyResult<Vec<isize>> {
        let indexes = vec![]; // <- three integers, such as [0, 0, 0]
        if indexes.is_empty() {
            return Err(PyNotImplementedError::new_err("where does the key begin?"));
        }
        Ok(indexes)
    }
}
