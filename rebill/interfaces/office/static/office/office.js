// Keys, dialogs, selections and toasts. Every page works without this file: links are links, forms are forms.
// What is said on screen comes from the templates; here are no words.
"use strict";

const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const KEYS_OFF = "rebill-keys-off";

// --- dialogs: links with data-dialog open their answer over the page ------------------------------------------------

let opener = null;

async function openDialog(address, from) {
  const dialog = find("#dialog");
  const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Target": "dialog" } });
  if (answer.redirected) return void location.assign(answer.url);
  dialog.innerHTML = await answer.text();
  // What one dialog leads to gives the focus back to where the first was opened.
  if (!from.closest("dialog")) opener = from;
  if (!dialog.open) dialog.showModal();
  htmx.process(dialog);
  (find("[autofocus]", dialog) ?? find("input:not([type=hidden]), select, textarea, [data-main]", dialog))?.focus();
}

function closeDialogs() {
  const open = all("dialog[open]");
  open.forEach((dialog) => dialog.close());
  if (open.length && opener?.isConnected) opener.focus();
  return open.length > 0;
}

// A dialog's link may carry the rows that are ticked, or that all that match are meant.
function addressOf(link) {
  const address = new URL(link.href, location.href);
  const list = link.closest("[data-list]") || find("[data-list]");
  if (link.hasAttribute("data-selection") && list) {
    if (list.dataset.everything) address.searchParams.set("all", "1");
    else ticked(list).forEach((box) => address.searchParams.append("id", box.value));
  }
  return address;
}

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (close?.closest("dialog")) { event.preventDefault(); closeDialogs(); return; }
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const link = event.target.closest("a[data-dialog]");
  if (link) { event.preventDefault(); openDialog(addressOf(link), link); return; }
  const jump = event.target.closest("[data-jump]");
  if (jump) { event.preventDefault(); openJump(jump); return; }
  if (event.target.closest("[data-keys]")) { openKeys(); return; }
  if (event.target.matches("dialog[open]")) closeDialogs();
  const expander = event.target.closest("[data-expand]");
  if (expander) { event.preventDefault(); expand(expander); }
});

function openJump(from) {
  opener = from ?? document.activeElement;
  find("#jumper").showModal();
  find("#jumper input").select();
}

function openKeys() {
  opener = document.activeElement;
  find("[data-keys-off]").checked = localStorage.getItem(KEYS_OFF) === "1";
  find("#keymap").showModal();
}

// A file that is too large is refused before it travels.
document.addEventListener("change", (event) => {
  const { bytesMax, tooLarge } = event.target.dataset ?? {};
  if (!bytesMax) return;
  const isTooLarge = [...event.target.files].some((file) => file.size > Number(bytesMax));
  event.target.setCustomValidity(isTooLarge ? tooLarge : "");
  event.target.reportValidity();
});

// A form that was sent is not sent again by an impatient second click. What htmx sends in its place stays on the page.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  const method = event.submitter?.getAttribute("formmethod") ?? form.method;
  if (method === "post" && !event.defaultPrevented) {
    // A button that leads elsewhere, to put a line back, does not take along what was typed.
    form.dataset.sent = event.submitter?.hasAttribute("formnovalidate") ? "elsewhere" : "saved";
    form.classList.add("busy");
  }
});
// Nor does a part of it ask for anything more: the answer would come to a page that is gone.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.closest("form")?.dataset.sent) event.preventDefault();
});
// One who comes back to a page that was kept, or stays on it, may send it again. A page that is shown for the first time
// may have been sent by then.
const unsend = () => all("form[data-sent]").forEach((form) => {
  delete form.dataset.sent;
  form.classList.remove("busy");
});
window.addEventListener("pageshow", (event) => event.persisted && unsend());

// --- leaving: forms with data-unsaved hold what would be lost, at once where the attribute has a value ---------------

function isTyped(field) {
  if (!field.name || field.type === "hidden" || field.disabled) return false;
  if (field.matches("select")) {
    const options = [...field.options], usual = options.filter((option) => option.defaultSelected);
    if (!usual.length && !field.multiple) usual.push(options[0]);
    return options.some((option) => option.selected !== usual.includes(option));
  }
  if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
  if (field.type === "file") return field.value !== "";
  // A colour is written in small letters, however the page wrote it.
  if (field.type === "color") return field.value !== field.defaultValue.toLowerCase();
  return "defaultValue" in field && field.value !== field.defaultValue;
}

const isSaved = (form) => form.dataset.sent === "saved";
window.addEventListener("beforeunload", (event) => {
  const unsaved = all("form[data-unsaved]").filter((form) => !isSaved(form));
  if (!unsaved.some((form) => form.dataset.unsaved || [...form.elements].some(isTyped))) return;
  event.preventDefault();
  setTimeout(unsend);
});

// --- lists: [data-list] with rows [data-row]; boxes [data-tick]; one box [data-tick-all] ----------------------------

const rowsOf = (list) => all("[data-row]", list).filter((row) => row.offsetParent !== null);
const ticked = (list) => all("[data-tick]:checked", list);
let lastTicked = null;

function showSelection(list) {
  const boxes = all("[data-tick]", list), chosen = ticked(list), everything = list.dataset.everything;
  const together = boxes.filter((box) => !("apart" in box.dataset));
  boxes.forEach((box) => box.closest("[data-row]").classList.toggle("sel", box.checked));
  const master = find("[data-tick-all]", list);
  if (master) {
    master.checked = together.length > 0 && together.every((box) => box.checked);
    master.indeterminate = chosen.length > 0 && !master.checked;
  }
  all("[data-when]").forEach((part) => {
    const when = part.dataset.when;
    part.hidden = !((when === "all" && everything) || (when === "some" && !everything && chosen.length) ||
                    (when === "none" && !everything && !chosen.length));
  });
  all("[data-count-ticked]").forEach((part) => {
    part.textContent = new Intl.NumberFormat(document.documentElement.lang).format(chosen.length);
  });
  all("[data-sum-ticked]").forEach((part) => {
    const digits = Number(part.dataset.digits || 2);
    const minor = chosen.reduce((sum, box) => sum + BigInt(box.dataset.minor || 0), 0n);
    part.textContent = new Intl.NumberFormat(document.documentElement.lang, {
      minimumFractionDigits: digits, maximumFractionDigits: digits,
    }).format(`${minor}e-${digits}`).replace("-", "−");
  });
}

function tickAll(list, checked, everything = "") {
  // What is ticked one by one only stays out when all are ticked.
  all("[data-tick]", list).forEach((box) => { box.checked = checked && !("apart" in box.dataset); });
  list.dataset.everything = everything;
  showSelection(list);
}

document.addEventListener("change", (event) => {
  const box = event.target, list = box.closest("[data-list]");
  if (box.matches("[data-keys-off]")) localStorage.setItem(KEYS_OFF, box.checked ? "1" : "0");
  if (box.matches("[data-go]")) box.form.requestSubmit();
  if (!list) return;
  if (box.matches("[data-tick-all]")) tickAll(list, box.checked, box.checked ? box.dataset.tickAll : "");
  if (box.matches("[data-tick]")) { list.dataset.everything = ""; lastTicked = box; showSelection(list); }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-untick]")) {
    event.preventDefault();
    all("[data-list]").forEach((list) => tickAll(list, false));
  }
});

async function expand(button) {
  const row = button.closest("[data-row]"), open = button.getAttribute("aria-expanded") === "true";
  const below = row.nextElementSibling?.matches("tr.sub") ? row.nextElementSibling : null;
  if (open) { if (below) below.hidden = true; } else if (below) { below.hidden = false; } else {
    const answer = await fetch(button.dataset.expand, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return void location.assign(button.dataset.expand);
    row.insertAdjacentHTML("afterend", await answer.text());
    htmx.process(row.nextElementSibling);
  }
  button.setAttribute("aria-expanded", String(!open));
  find(".i", button)?.classList.replace(open ? "up" : "down", open ? "down" : "up");
}

function current(list) {
  return document.activeElement?.closest("[data-row]") ?? find("[data-row][data-here]", list);
}

function go(list, step) {
  const rows = rowsOf(list), at = rows.indexOf(current(list));
  const row = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)];
  if (!row) return;
  all("[data-here]", list).forEach((each) => { delete each.dataset.here; });
  row.dataset.here = "1";
  row.tabIndex = -1;
  row.focus();
}

function tickRow(list, toHere) {
  const row = current(list), box = row && find("[data-tick]", row);
  if (!box) return;
  const boxes = all("[data-tick]", list);
  if (toHere && lastTicked) {
    const [from, to] = [boxes.indexOf(lastTicked), boxes.indexOf(box)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach((each) => { each.checked = true; });
  } else { box.checked = !box.checked; }
  lastTicked = box;
  list.dataset.everything = "";
  showSelection(list);
}

// Keys of the row one stands on, or of what is open below it: [data-row-key].
function pressInRow(list, key) {
  const row = list && current(list), open = row?.nextElementSibling;
  const target = row && (find(`[data-row-key="${key}"]`, row) ?? (open && find(`[data-row-key="${key}"]`, open)));
  target?.click();
  return Boolean(target);
}

// --- the line of a draft that is worked on: what it is, and its days, stand beside the paper ------------------------

async function showLine(row) {
  const panels = find("#this-line"), own = () => find(`[data-of="${row.dataset.line}"]`, panels);
  if (!panels || row.classList.contains("on")) return panels && own();
  all("[data-line]").forEach((each) => each.classList.toggle("on", each === row));
  if (!own()) {
    const answer = await fetch(row.dataset.about, { headers: { "HX-Request": "true", "HX-Target": "this-line" } });
    if (answer.ok && !answer.redirected && !own()) panels.insertAdjacentHTML("beforeend", await answer.text());
  }
  // Somebody may have walked on while it was fetched.
  if (!row.classList.contains("on")) return null;
  all("[data-of]", panels).forEach((each) => { each.hidden = each !== own(); });
  panels.hidden = !own();
  return own();
}

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-line]");
  if (row) showLine(row);
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-days]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const row = link.closest("[data-line]");
  row.classList.remove("on");
  const panel = await showLine(row);
  if (panel) find("input", panel).focus(); else location.assign(link.href);
});

// --- keys -----------------------------------------------------------------------------------------------------------

let afterG = false;

function press(key) {
  const target = find(`dialog[open] [data-key="${key}"]`) ?? find(`[data-key="${key}"]:not([hidden])`);
  if (!target || target.offsetParent === null) return false;
  target.matches("input, select, textarea") ? target.focus() : target.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  const list = find("[data-list]"), isTyping = event.target.matches("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]");
  const command = event.metaKey || event.ctrlKey;
  if (event.key === "Escape") {
    if (closeDialogs()) { event.preventDefault(); return; }
    if (isTyping) event.target.blur(); else if (list) tickAll(list, false);
    return;
  }
  if (command && event.key === "Enter") {
    const main = find("dialog[open] [data-main]") ?? find("main [data-main]:not([hidden])");
    if (main) { event.preventDefault(); main.click(); }
    return;
  }
  if (isTyping || event.altKey) return;
  if (command && event.key.toLowerCase() === "a" && list) {
    event.preventDefault();
    tickAll(list, true, find("[data-tick-all]", list)?.dataset.tickAll ?? "");
    return;
  }
  if (command) return;
  const inDialog = find("dialog[open]");
  if (list && !inDialog && current(list)) {
    if (event.key === "Enter" && event.target.matches("[data-row]")) { find("a", current(list))?.click(); return; }
    const expander = find("[data-expand]", current(list));
    if (expander && ((event.key === "ArrowRight" && expander.getAttribute("aria-expanded") !== "true") ||
                     (event.key === "ArrowLeft" && expander.getAttribute("aria-expanded") === "true"))) {
      event.preventDefault();
      expand(expander);
      return;
    }
  }
  if (localStorage.getItem(KEYS_OFF) === "1") return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : "";
  if (!key) return;
  if (afterG) {
    afterG = false;
    const link = find(`a[data-go="${key}"]`);
    if (link) { event.preventDefault(); location.assign(link.href); }
    return;
  }
  if (inDialog) return;
  if (key === "g") { afterG = true; setTimeout(() => { afterG = false; }, 1500); return; }
  if (key === "/") { event.preventDefault(); openJump(); return; }
  if (key === "?") { event.preventDefault(); openKeys(); return; }
  if (list && (key === "j" || key === "k")) { event.preventDefault(); go(list, key === "j" ? 1 : -1); return; }
  if (list && key === "x") { event.preventDefault(); tickRow(list, event.shiftKey); return; }
  if (pressInRow(list, key) || press(key)) { event.preventDefault(); return; }
  // Where nothing else is made, N makes an invoice.
  const anew = key === "n" && find("a[data-new]");
  if (anew) { event.preventDefault(); location.assign(anew.href); }
});

// A sorted list: its items are dragged, or moved with Alt and an arrow. Their fields stand in the new order, and the form
// is told that something was entered.
let dragged = null;
const sortable = (event) => event.target.closest?.("[data-sort] > li");
const isSorted = (item) => {
  item.closest("[data-sort]").querySelectorAll(".ix").forEach((number, at) => { number.textContent = at + 1; });
  item.dispatchEvent(new Event("input", { bubbles: true }));
};
document.addEventListener("dragstart", (event) => {
  dragged = sortable(event);
  if (!dragged) return;
  dragged.classList.add("on");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
});
document.addEventListener("dragover", (event) => {
  const over = dragged && sortable(event);
  if (!over || over.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  if (over === dragged) return;
  const place = over.getBoundingClientRect();
  over[event.clientY > place.top + place.height / 2 ? "after" : "before"](dragged);
});
document.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });
document.addEventListener("dragend", () => {
  if (!dragged) return;
  dragged.classList.remove("on");
  if (dragged.isConnected) isSorted(dragged);
  dragged = null;
});
document.addEventListener("keydown", (event) => {
  const item = event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key) && sortable(event);
  if (!item) return;
  event.preventDefault();
  const beside = event.key === "ArrowUp" ? item.previousElementSibling : item.nextElementSibling;
  if (!beside) return;
  const focused = document.activeElement;
  beside[event.key === "ArrowUp" ? "before" : "after"](item);
  focused.focus();
  isSorted(item);
});

// In the jump box and below a field with suggestions the arrows walk what was found; Enter takes the first.
document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("#jumper, [data-suggest]");
  if (!box) return;
  const field = find("input:not([type=hidden])", box);
  if (event.key === "Enter" && event.target === field && box.hasAttribute("data-suggest")) {
    const list = find("[data-words]", box);
    if (field.value.trim() && list?.dataset.words === field.value.trim()) { event.preventDefault(); find("a", list).click(); }
    return;
  }
  if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const stops = [field, ...all("#found a, .suggested a", box)];
  const at = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  if (stops[at]) { event.preventDefault(); stops[at].focus(); }
});

// --- toasts ---------------------------------------------------------------------------------------------------------

// A toast stays ten seconds, longer while it is pointed at or has the focus (WCAG 2.2.1).
function fade(toast) {
  setTimeout(() => (toast.matches(":hover, :focus-within") ? fade(toast) : toast.remove()), 10_000);
}

function begin(within) {
  all("[data-toast]", within).forEach(fade);
  // The bar of a selection may have come anew without its list.
  all("[data-list]").forEach(showSelection);
}

document.addEventListener("DOMContentLoaded", () => begin(document));
document.addEventListener("htmx:afterSettle", (event) => begin(event.target));
