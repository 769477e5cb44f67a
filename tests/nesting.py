"""Programs that go as deep as there is room: a piece of each kind, to be repeated."""

DEEP = [
    "(",
    "[",
    "{",
    "not ",
    "-",
    "a.",
    "f(",
    "1+",
    "lambda: ",
    "1 if 1 else ",
    "[x for x in ",
    "a[",
    "*",
    "await ",
]
