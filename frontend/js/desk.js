// Keyboard shortcuts of the staff screens. Any link, button or field with data-key="x" answers to that key;
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
  });

  const apply = (on) => { document.documentElement.dataset.shortcuts = on ? "on" : "off"; };

  toggle.checked = read();
  apply(toggle.checked);
  toggle.addEventListener("change", () => {
    write(toggle.checked);
    apply(toggle.checked);
  });
})();
