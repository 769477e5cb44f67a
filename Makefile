# make book      the executed book, in _build/html
# make test      everything that CI checks
# make lab       JupyterLab: a double click on a chapter opens it as a notebook
# make serve     the built book, on a local address
# make formats   PDF, EPUB, notebooks with outputs and a zip of the site, in _build/html/downloads
# make wheels    wheels of all crates, in _build/wheels, for readers who have no Rust
# make record    the outputs that the tests compare with, after a chapter has changed
# make pictures  what the README, messages and e-readers show of the book
# make clean     throw away all that can be made again

PYTHON ?= python3
BIN = .venv/bin

# A book starts Python by the hundred: what Python has compiled is kept, on machines too that say otherwise.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: book test lab serve formats wheels record pictures clean environment

book: environment
	@$(BIN)/workbook build

test: environment
	@$(BIN)/workbook build
	@cd rust_examples && cargo test --quiet
	@$(BIN)/python -m pytest
	@$(BIN)/python -m pytest --numprocesses=0 tests/alone

lab: environment
	@$(BIN)/workbook crates
	@$(BIN)/jupyter lab book

serve: environment
	@$(BIN)/workbook build
	@$(BIN)/workbook serve

formats: environment
	@$(BIN)/workbook formats

wheels: environment
	@$(BIN)/python rust_examples/wheels.py

record: environment
	@$(BIN)/workbook record

pictures: environment
	@$(BIN)/workbook build
	@$(BIN)/python book/_ext/pictures.py

clean:
	rm -rf .venv _build rust_examples/target

environment:
	@$(PYTHON) workbook/bootstrap.py
