// A message, or an old form, pasted into the search finds its entry on the page of messages, or of old forms.
//
// Sphinx shows the pages that hold every word of a query, and what is pasted has words that no page holds:
// paths, names, numbers. So it is looked at the other way round: which heading of these pages stands in what was
// pasted? Those come first. In a heading, "…" stands for words that vary, and " · " is between two messages.
(() => {
  const MESSAGES = "book/troubleshooting";
  const FORMS = "book/old_tutorials";

  const words = (text) => splitQuery(text.toLowerCase()).join(" ");

  /** Whether the pieces of a message follow each other in a text, as whole words except where "…" adjoins. */
  const holds = (text, message) => {
    const pieces = message.split("…");
    let from = 0;
    return pieces.every((piece, number) => {
      if (!words(piece)) return true;
      const before = number > 0 && /^\w/.test(piece) ? "" : " ";
      const behind = number < pieces.length - 1 && /\w$/.test(piece) ? "" : " ";
      const wanted = before + words(piece) + behind;
      const place = text.indexOf(wanted, from);
      from = place + wanted.length - 1;  // the blank between two words belongs to both
      return place >= 0;
    });
  };

  const entries = (query) => {
    const { alltitles, docnames, filenames, titles } = Search._index;
    const isCode = (title) => /[^\w ]|_/.test(title);
    const isEntry = (page, title) => page === MESSAGES || (page === FORMS && isCode(title));
    const pasted = ` ${words(query)} `;
    return Object.entries(alltitles)
      .filter(([title]) => title.split(" · ").some((message) => words(message) && holds(pasted, message)))
      .sort(([one], [other]) => one.length - other.length)  // the longest is shown first
      .flatMap(([title, places]) => places
        .filter(([file, id]) => id !== null && isEntry(docnames[file], title))
        .map(([file, id]) =>
          [docnames[file], `${titles[file]} > ${title}`, `#${id}`, null, Infinity, filenames[file]]));
  };

  const search = Search._performSearch;
  Search._performSearch = (query, ...terms) => {
    const found = entries(query);
    const known = new Set(found.map(([name, , anchor]) => name + anchor));
    const others = search(query, ...terms).filter(([name, , anchor]) => !known.has(name + anchor));
    return [...others, ...found];  // they are shown from the last one on
  };

  // A result quotes the text of its page, not the menus around it; and what a word of the glossary means.
  Search.htmlToText = (html, anchor) => {
    const article = new DOMParser().parseFromString(html, "text/html").querySelector(".bd-article");
    for (const other of article?.querySelectorAll(".headerlink, button, script, style") ?? []) other.remove();
    for (const term of article?.querySelectorAll("dt") ?? []) term.append(": ");
    const place = anchor ? article?.querySelector(anchor) : article;
    const meaning = place?.matches("dt") ? ` ${place.nextElementSibling.textContent.trim()}` : "";
    return `${(place ?? article)?.textContent.trim() ?? ""}${meaning}`;
  };

  // It begins and ends with whole words.
  const summary = Search.makeSearchSummary;
  Search.makeSearchSummary = (...page) => {
    const quoted = summary(...page);
    if (quoted) {
      quoted.textContent = quoted.textContent.replace(/^\.{3}\S*\s+/, "… ").replace(/\s+\S*\.{3}$/, " …");
    }
    return quoted;
  };

  // What is said of the results is about this book.
  Documentation.addTranslations({
    messages: {
      "Search finished, found ${resultCount} page(s) matching the search query.": "Places found: ${resultCount}.",
      "Your search did not match any documents. Please make sure that all words are spelled correctly and that you've selected enough categories.":
        "No page has all of these words. Try fewer of them, or the code of an error, such as E0382.",
    },
    plural_expr: "n != 1",
    locale: "en",
  });

  // What is opened from the disk may read no other file, but show it: there a page is asked, in a frame out of
  // sight, for its text (reach.js answers), and it is not to take the words that are to be marked in what is opened.
  const WORDS = "sphinx_highlight_terms";
  let marked = "";
  const keep = () => marked && localStorage.setItem(WORDS, marked);
  const pages = {};
  let last = Promise.resolve();
  const ask = (address) => new Promise((resolve) => {
    marked = localStorage.getItem(WORDS) ?? marked;
    const frame = document.createElement("iframe");
    const heard = ({ source, data }) => {
      if (source !== frame.contentWindow) return;
      removeEventListener("message", heard);
      frame.remove();
      keep();
      resolve(data);
    };
    addEventListener("message", heard);
    Object.assign(frame, { hidden: true, name: "quoted", src: address });
    document.body.append(frame);
  });
  if (location.protocol === "file:") {
    window.fetch = async (address) => ({ text: () => pages[address] ??= last = last.then(() => ask(address)) });
    addEventListener("pagehide", keep);  // whatever a frame has taken meanwhile
  }
})();
