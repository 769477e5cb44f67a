// Colours a cell by the magic on its first line, where JupyterLab would colour all cells as Python.
//
// This is what a bundler would have made, written by hand: the last lines offer a "container" to JupyterLab,
// which asks it for the plugin, and hands over the libraries that the page has already loaded.

"use strict";

const LANGUAGES = [
  [/^%%rust\b/, "text/x-rustsrc"],
  [/^%%write\s.*\.rs\s*$/, "text/x-rustsrc"],
  [/^%%write\s.*\.toml\s*$/, "text/x-toml"],
  [/^%%terminal\b/, "text/x-sh"],
];

/** The MIME type of the language that an editor's first line asks for, if it asks for one. */
function askedFor(view) {
  const line = view.state.doc.line(1).text;
  return LANGUAGES.find(([magic]) => magic.test(line))?.[1];
}

/** A cell with spaces for its first line, in the few calls that a parser makes. */
function withoutMagic(input) {
  const length = `${input.read(0, input.length)}\n`.indexOf("\n");
  const blank = (from, text) => {
    const hidden = Math.max(0, length - from);
    return " ".repeat(Math.min(hidden, text.length)) + text.slice(hidden);
  };
  return {
    length: input.length,
    lineChunks: input.lineChunks,
    chunk: (from) => blank(from, input.chunk(from)),
    read: (from, to) => blank(from, input.read(from, to)),
  };
}

/** A language that does not see the magic. Languages that read line by line cannot, and need not, be told. */
function below({ language, support }) {
  const wrap = (_, input, ...rest) => language.parser.startParse(withoutMagic(input), ...rest);
  return [language.configure?.({ wrap }) ?? language, support];
}

/** Follow an editor, and put another language before its own for as long as the magic stands there. */
function follow(languages, { Compartment, Prec }, { ViewPlugin }) {
  const place = new Compartment();
  let current;

  async function update(view) {
    const mime = askedFor(view);
    if (mime === current) return;
    current = mime;
    const found = await (mime && languages.getLanguage(mime)); // loaded when first needed
    if (mime !== current) return; // the reader has typed on meanwhile
    view.dispatch({ effects: place.reconfigure(found ? below(found.support) : []) });
  }

  const watcher = ViewPlugin.define((view) => {
    update(view);
    return { update: (change) => change.docChanged && update(change.view) };
  });
  return Prec.highest([place.of([]), watcher]);
}

/** The editor's colours for the Rust that a page shows: jupyterlab-myst names its parts, but colours none. */
function colours() {
  const named = { comment: "comment", keyword: "keyword", string: "string", number: "number", literal: "atom" };
  Object.assign(named, { built_in: "builtin", title: "def", meta: "meta" });
  const sheet = new CSSStyleSheet();
  for (const [part, colour] of Object.entries(named))
    sheet.insertRule(`.myst-code .hljs-${part} { color: var(--jp-mirror-editor-${colour}-color); }`);
  return sheet;
}

/** JupyterLab's plugin; `library` loads what the page shares. */
async function plugin(library) {
  const [{ IEditorExtensionRegistry, IEditorLanguageRegistry }, state, view] = await Promise.all(
    ["@jupyterlab/codemirror", "@codemirror/state", "@codemirror/view"].map(library),
  );
  return {
    id: "pyrust-book-cells:plugin",
    description: "Colours cells by the magic on their first line.",
    autoStart: true,
    requires: [IEditorExtensionRegistry, IEditorLanguageRegistry],
    activate: (app, extensions, languages) => {
      document.adoptedStyleSheets.push(colours());
      extensions.addExtension({
        name: "pyrust-book-cells",
        factory: ({ model }) =>
          model.type === "code" // a cell's, for files have no such type
            ? { instance: () => follow(languages, state, view), reconfigure: () => null }
            : null,
      });
    },
  };
}

let shared; // by name and version, how to load a library; JupyterLab's own version is the first

(window._JUPYTERLAB ??= {})["pyrust-book-cells"] = {
  init: (libraries) => void (shared = libraries),
  get: async () => {
    const made = await plugin(async (name) => (await Object.values(shared[name])[0].get())());
    return () => made;
  },
};
