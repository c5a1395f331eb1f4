// Timers that tick from the server's time; without this script the page says the same as it was when it came.
"use strict";
(() => {
  const visit = document.querySelector("[data-now]");
  if (!visit) return;
  const server = Date.parse(visit.dataset.now);
  const began = performance.now();
  const words = visit.dataset;
  const span = (minutes) => {
    if (minutes < 60) return words.minutes.replace("%d", minutes);
    if (minutes >= 2880) return words.days.replace("%d", Math.floor(minutes / 1440));
    return words.hours.replace("%(h)d", Math.floor(minutes / 60)).replace("%(m)02d", String(minutes % 60).padStart(2, "0"));
  };
  const tick = () => {
    const now = server + (performance.now() - began);
    for (const one of document.querySelectorAll("[data-due]")) {
      const left = Date.parse(one.dataset.due) - now;
      const late = left < 0;
      const minutes = late ? Math.floor(-left / 60000) : Math.ceil(left / 60000);
      const text = late && one.dataset.over ? one.dataset.over : (late ? words.late : words.left).replace("%s", span(minutes));
      if (one.textContent !== text) one.textContent = text;
      const notice = one.closest(".timer");
      if (notice && late) { notice.classList.add("notice--stop"); notice.classList.remove("notice--info"); }
    }
  };
  tick();
  setInterval(tick, 1000);
})();
