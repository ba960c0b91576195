"use strict";

// The session's end is announced two minutes before; every answer says how long it goes on.
(() => {
  const WARNING = 120;
  const ending = document.getElementById("ending");
  if (!ending) return;
  let warn, leave;
  const arm = (seconds) => {
    clearTimeout(warn);
    clearTimeout(leave);
    ending.hidden = seconds > WARNING;
    warn = setTimeout(() => { ending.hidden = false; }, Math.max(0, seconds - WARNING) * 1000);
    // What is on the screen must not stay there for whoever comes next.
    leave = setTimeout(() => location.assign(document.body.dataset.signIn), seconds * 1000);
  };
  arm(Number(document.body.dataset.seconds));
  document.addEventListener("htmx:afterRequest", (event) => {
    const seconds = event.detail.xhr && event.detail.xhr.getResponseHeader("Session-Seconds");
    if (seconds) arm(Number(seconds));
  });
})();

// No answer is no clearance.
(() => {
  const trouble = document.getElementById("trouble");
  const silent = document.getElementById("silent");
  if (!trouble || !silent) return;
  const tell = () => trouble.replaceChildren(silent.content.cloneNode(true));
  document.addEventListener("htmx:sendError", tell);
  document.addEventListener("htmx:timeout", tell);
  document.addEventListener("htmx:beforeRequest", () => trouble.replaceChildren());
})();

// Buttons that copy; without a script they are not there.
(() => {
  const show = (root) => {
    for (const button of root.querySelectorAll("button[data-copy]")) button.hidden = false;
  };
  show(document);
  document.addEventListener("htmx:load", (event) => show(event.detail.elt.parentNode || document));
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    await copy(button.dataset.copy);
    const before = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = before; }, 2000);
  });
  const copy = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // Plain http has no clipboard of its own.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };
})();

// Alt and the key that a link names, in every browser alike.
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.shiftKey || event.metaKey || event.key.length !== 1) return;
  const named = document.querySelector(`[accesskey="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!named) return;
  event.preventDefault();
  named.click();
});
