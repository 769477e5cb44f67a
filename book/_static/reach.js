// What the theme leaves undone for those who read by keyboard or by ear, or come from the search.

// Where the words of a search are marked, also those that a drawing says but does not show are asked for a box.
SVGElement.prototype.getBBox ??= () => new DOMRect();

addEventListener("DOMContentLoaded", () => {
  // Its scripts take the focus from these buttons when they are pressed, and the reader's place with it.
  for (const button of document.querySelectorAll(".article-header-buttons button, .sidebar-toggle")) {
    button.blur = () => {};
  }

  // It makes a block focusable while its lines are wider than the page. What is focused needs a name.
  const name = (block) => {
    const scrolls = block.tabIndex === 0;
    block.toggleAttribute("role", scrolls);
    block.toggleAttribute("aria-label", scrolls);
    if (scrolls) {
      block.setAttribute("role", "group");
      block.setAttribute("aria-label", block.closest(".cell_input, .literal-block-wrapper") ? "Code" : "Output");
    }
  };
  new MutationObserver((changes) => changes.forEach(({ target }) => target.matches("pre") && name(target)))
    .observe(document.getElementById("main-content"), { subtree: true, attributeFilter: ["tabindex"] });

  // The search, opened from the disk, asks for the text: see search_messages.js.
  if (window.name === "quoted") parent.postMessage(document.querySelector(".bd-article").outerHTML, "*");
});
