// What the pages do beyond plain HTML; without it every page still works.
"use strict";

// The menu's present item comes into sight where the menu scrolls (a phone).
const present = document.querySelector(".menu a[aria-current]");
if (present) {
  const list = present.closest(".menu");
  list.scrollLeft = present.offsetLeft - list.clientWidth / 2 + present.clientWidth / 2;
}

// <button data-opens="ID"> opens the dialog of that id; <button data-closes> shuts its own.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
  for (const open of document.querySelectorAll("details.account[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.account[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

// What scrolls sideways can be scrolled by the keyboard too.
function letScrollersBeReached() {
  for (const one of document.querySelectorAll("table, pre, .scroll, .figure__picture, .menu, .tabs")) {
    const overflow = getComputedStyle(one).overflowX;
    if (overflow !== "visible" && one.scrollWidth > one.clientWidth) one.tabIndex = 0;
  }
}
letScrollersBeReached();
window.addEventListener("resize", letScrollersBeReached);
document.addEventListener("htmx:afterSettle", letScrollersBeReached);
