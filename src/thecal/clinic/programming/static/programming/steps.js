// Steps taken by hand in the picture of a day; everything it does can be typed as well.
"use strict";

const QUARTER = 15, DAY = 1440, LEFT = 52, RIGHT = 10, TOP = 12, BOTTOM = 26, WIDE = 720, TALL = 190;
let held = null;
let unkept = false;
let focused = "";

// A choice that draws the whole form anew: the preview need not answer it too.
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-redraws]")) event.stopPropagation();
  if (event.target.closest("[data-keeps]")) unkept = true;
}, true);

function said(number, snap) {
  const places = Math.max(0, Math.min(6, Math.ceil(-Math.log10(snap)) + 1));
  const text = (Math.round(number / snap) * snap).toFixed(places);
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

function clock(minute) {
  const whole = Math.max(0, Math.min(DAY - QUARTER, Math.round(minute / QUARTER) * QUARTER));
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
}

function minuteOf(text) {
  const [hours, minutes] = text.split(":").map(Number);
  return hours * 60 + minutes;
}

function put(id, text) {
  const field = document.getElementById(id);
  if (!field || field.value === text) return;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function move(handle, rate, minute) {
  if (rate !== null && rate >= 0) put(handle.rate, said(rate, handle.snap));
  const isFirst = document.getElementById(handle.at)?.value === "00:00";
  if (minute !== null && !isFirst) put(handle.at, clock(Math.max(QUARTER, minute)));
}

function handleOf(circle) {
  const chart = circle.closest("svg");
  return { chart, at: circle.dataset.at, rate: circle.dataset.rate,
           top: Number(chart.dataset.top), snap: Number(chart.dataset.snap) };
}

document.addEventListener("pointerdown", (event) => {
  const circle = event.target.closest?.(".handle");
  if (!circle) return;
  held = { ...handleOf(circle), box: circle.closest("svg").getBoundingClientRect() };
  event.preventDefault();
});

document.addEventListener("pointermove", (event) => {
  if (!held) return;
  const x = (event.clientX - held.box.left) / held.box.width * WIDE;
  const y = (event.clientY - held.box.top) / held.box.height * TALL;
  const share = (TALL - BOTTOM - y) / (TALL - TOP - BOTTOM);
  move(held, Math.max(0, Math.min(1, share)) * held.top, (x - LEFT) / (WIDE - LEFT - RIGHT) * DAY);
});

for (const ends of ["pointerup", "pointercancel"]) document.addEventListener(ends, () => { held = null; });

document.addEventListener("keydown", (event) => {
  const circle = event.target.closest?.(".handle");
  if (!circle) return;
  const handle = handleOf(circle);
  const rate = Number(document.getElementById(handle.rate)?.value);
  const minute = minuteOf(document.getElementById(handle.at)?.value ?? "");
  const by = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key];
  if (!by || Number.isNaN(rate) || Number.isNaN(minute)) return;
  event.preventDefault();
  move(handle, by[0] ? rate + by[0] * handle.snap : null, by[1] ? minute + by[1] * QUARTER : null);
});

// While the form is drawn anew nothing can be typed into the old one: it would be lost in part.
document.addEventListener("htmx:beforeRequest", (event) => {
  const whole = event.detail.target;
  if (whole.id !== "programmer") return;
  focused = document.activeElement.id;
  whole.inert = true;
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.target.id === "programmer") event.detail.target.inert = false;
});

// Which fields were refused is told to who cannot see the colour.
function mark() {
  for (const box of document.querySelectorAll(".said")) {
    const field = document.getElementById(box.id.replace(/^e-/, "f-"));
    if (field) field.setAttribute("aria-invalid", box.querySelector(".field__error") ? "true" : "false");
  }
}
document.addEventListener("htmx:afterSettle", (event) => {
  mark();
  listen();
  if (focused) document.getElementById(focused)?.focus();
  focused = "";
  if (event.target.id === "kept") unkept = false;
});
mark();

// A preview that was asked for by a form which has been drawn anew since answers nothing any more.
function forget(event) {
  if (!event.currentTarget.isConnected) event.preventDefault();
}
function listen() {
  document.getElementById("editor")?.addEventListener("htmx:beforeOnLoad", forget);
}
listen();

// Leaving is safe once everything typed is kept; only before that a question is asked.
document.addEventListener("submit", () => { unkept = false; });
window.addEventListener("beforeunload", (event) => { if (unkept) event.preventDefault(); });
