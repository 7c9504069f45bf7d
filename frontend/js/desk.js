// Keyboard shortcuts of the staff screens, and what a page that stays open for long needs (at the end).
// Any link, button or field with data-key="x" answers to that key;
// "?" lists them. They can be switched off, since speech input may say single letters by accident (WCAG 2.1.4).
(() => {
  "use strict";
  const STORE = "towpath.shortcuts";
  const dialog = document.getElementById("shortcuts");
  const list = document.getElementById("shortcuts-list");
  const toggle = document.getElementById("shortcuts-on");
  if (!dialog || !list || !toggle) return;

  const read = () => {
    try { return localStorage.getItem(STORE) !== "off"; } catch { return true; }
  };
  const write = (on) => {
    try { localStorage.setItem(STORE, on ? "on" : "off"); } catch { /* a private window keeps nothing */ }
  };

  const visible = (element) => element.getClientRects().length > 0;
  const found = () => [...document.querySelectorAll("[data-key]")].filter(visible);

  const words = (element) =>
    element.getAttribute("aria-label") ||
    (element.labels && element.labels[0] && element.labels[0].textContent) ||
    element.textContent;

  const line = (key, text) => {
    const term = document.createElement("dt");
    const kbd = document.createElement("kbd");
    kbd.textContent = key;
    term.append(kbd);
    const meaning = document.createElement("dd");
    meaning.textContent = text.replace(/\s+/g, " ").trim();
    list.append(term, meaning);
  };

  const show = () => {
    list.replaceChildren();
    for (const element of found()) line(element.dataset.key, words(element));
    if (document.querySelector("[data-list] a")) line("j k", list.dataset.move);
    line("?", list.dataset.help);
    dialog.showModal();
  };

  const typing = (target) =>
    target instanceof Element && target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (dialog.open || typing(event.target)) return;
    if (event.key === "?") {
      event.preventDefault();
      show();
      return;
    }
    if (!toggle.checked) return;
    const element = found().find((candidate) => candidate.dataset.key === event.key);
    if (!element) return;
    event.preventDefault();
    if (element.matches("input, textarea, select")) element.focus();
    else element.click();
    if (element.matches("summary") && element.parentElement.open) firstControl(element.parentElement)?.focus();
  });

  const firstControl = (form) => form.querySelector("textarea, select, input:not([type=hidden])");

  // j and k go down and up in the first list on the page.
  document.addEventListener("keydown", (event) => {
    const step = { j: 1, k: -1 }[event.key];
    if (!step || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (dialog.open || typing(event.target) || !toggle.checked) return;
    const links = [...document.querySelectorAll("[data-list] a")].filter(visible);
    if (links.length === 0) return;
    const here = links.indexOf(document.activeElement);
    const current = here < 0 ? links.findIndex((link) => link.ariaCurrent) : here;
    const next = links[current < 0 ? 0 : Math.min(Math.max(current + step, 0), links.length - 1)];
    event.preventDefault();
    next.focus();
  });

  const apply = (on) => { document.documentElement.dataset.shortcuts = on ? "on" : "off"; };

  toggle.checked = read();
  apply(toggle.checked);
  toggle.addEventListener("change", () => {
    write(toggle.checked);
    apply(toggle.checked);
  });
})();

// What somebody unfolded stays so when news come in; a page that nobody looks at asks for none.
if (globalThis.htmx) htmx.config.morphIgnore.push("open");
document.addEventListener("htmx:before:request", (event) => {
  if (document.hidden && event.target.matches("[id$=-poll]")) event.preventDefault();
});

// Leaving with something typed and not sent asks first.
(() => {
  "use strict";
  let typed = false;
  document.addEventListener("input", (event) => { typed ||= Boolean(event.target.closest("form[data-keep]")); });
  document.addEventListener("submit", () => { typed = false; });
  addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
})();

// A process map is larger than its frame: opened, it shows where the request stands now.
document.addEventListener("toggle", (event) => {
  const frame = event.target.open ? event.target.querySelector(".tp-map") : null;
  const now = frame && frame.querySelector(".is-current");
  if (!now) return;
  const outer = frame.getBoundingClientRect(), inner = now.getBoundingClientRect();
  frame.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  frame.scrollTop += inner.top + inner.height / 2 - outer.top - outer.height / 2;
}, true);
