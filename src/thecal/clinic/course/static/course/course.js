// The figures of a patient's course: drawn by Bokeh in the page's own colours, and moved through
// time by buttons, so that no mouse is needed.
"use strict";

(() => {
  const place = document.getElementById("course");
  const drawn = document.getElementById("course-drawn").textContent;
  const tokens = JSON.parse(document.getElementById("course-tokens").textContent);
  const shown = document.getElementById("course-shown");
  const buttons = document.getElementById("course-time");
  let views = null;

  // The design's colours as they are now, in place of those that stand for them.
  function coloured(text) {
    const probe = document.createElement("span");
    document.body.append(probe);
    for (const [standing, name] of Object.entries(tokens)) {
      probe.style.color = `var(--${name})`;
      text = text.replaceAll(standing, getComputedStyle(probe).color);
    }
    probe.remove();
    return text;
  }

  function time() {
    const [view] = views;
    return view.model.document.get_model_by_name("time");
  }

  const day = (ms) => new Date(ms).toISOString().slice(0, 10);

  function say() {
    const { start, end } = time();
    shown.textContent = `${day(start)} – ${day(end)}`;
  }

  async function draw(kept) {
    if (views) views.clear();
    place.replaceChildren();
    views = await Bokeh.embed.embed_item(JSON.parse(coloured(drawn)), place);
    if (kept) time().setv(kept);
    time().change.connect(say);
    say();
    buttons.hidden = false;
    document.getElementById("course-not-drawn").hidden = true;
  }

  const MOVES = { earlier: [-0.5, -0.5], later: [0.5, 0.5], closer: [0.25, -0.25], wider: [-0.5, 0.5] };

  buttons.addEventListener("click", (event) => {
    const asked = event.target.closest("[data-time]")?.dataset.time;
    if (!asked) return;
    const range = time();
    const [first, last] = range.bounds;
    if (asked === "all") {
      range.setv({ start: first, end: last });
      return;
    }
    const length = range.end - range.start;
    let [start, end] = MOVES[asked].map((one, side) => (side ? range.end : range.start) + one * length);
    if (start < first) [start, end] = [first, Math.min(last, end + (asked === "wider" ? 0 : first - start))];
    if (end > last) [start, end] = [Math.max(first, start - (asked === "wider" ? 0 : end - last)), last];
    range.setv({ start, end });
  });

  // Another choice of colours draws anew, at the same time.
  const anew = () => draw({ start: time().start, end: time().end });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", anew);
  new MutationObserver(anew).observe(document.documentElement, { attributeFilter: ["data-theme"] });

  draw();
})();
