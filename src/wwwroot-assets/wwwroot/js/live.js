// Ages tick here and not over the circuit. The heartbeat element carries the server's clock once a second; the difference to
// the browser's is learnt from it, so a wrong clock on either side does no harm.
const staleMs = 3000;
const lateMs = 2000;
const lostMs = 5000;

let skewMs = 0;
let beatAt = 0;
let lastBeat = "";

export function startClocks() {
  setInterval(tick, 250);
}

function tick() {
  const badge = document.querySelector("[data-fresh]");
  if (!badge) { return; }
  const beat = badge.dataset.serverNow;
  const now = Date.now();
  if (beat !== lastBeat) {
    lastBeat = beat;
    beatAt = now;
    skewMs = Number(beat) - now;
  }
  const age = now - beatAt;
  drawBadge(badge, age);
  const serverNow = now + skewMs;
  for (const seen of document.querySelectorAll("[data-seen-at]")) { drawAge(seen, serverNow, badge.dataset.seen); }
  for (const up of document.querySelectorAll("[data-up-since]")) { setText(up, span(serverNow - Number(up.dataset.upSince))); }
  for (const ago of document.querySelectorAll("[data-ago]")) { setText(ago, span(serverNow - Number(ago.dataset.ago))); }
  for (const time of document.querySelectorAll("time[datetime]:not([data-local])")) { localise(time); }
}

function drawBadge(badge, age) {
  const state = age >= lostMs ? "lost" : age >= lateMs ? "late" : "live";
  if (badge.dataset.state !== state) { badge.dataset.state = state; }
  setText(badge, `${badge.dataset[state]} ${(age / 1000).toFixed(1)} s`);
}

function drawAge(element, serverNow, words) {
  const age = serverNow - Number(element.dataset.seenAt);
  const stale = age > staleMs;
  const scope = element.closest("[data-stale-scope]");
  if (scope && scope.hasAttribute("data-stale") !== stale) { scope.toggleAttribute("data-stale", stale); }
  setText(element, stale ? words.replace("{0}", span(age)) : "");
}

// The document's own times are UTC for machines; people read them in the browser's zone.
function localise(time) {
  const at = new Date(time.getAttribute("datetime"));
  if (!Number.isNaN(at.valueOf())) {
    time.title = at.toLocaleString(undefined, { timeZoneName: "short" });
    setText(time, at.toLocaleTimeString(undefined, { hourCycle: "h23" }));
  }
}

export function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds >= 86400) { return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds / 3600) % 24} h`; }
  if (seconds >= 3600) { return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} m`; }
  if (seconds >= 60) { return `${Math.floor(seconds / 60)} m ${seconds % 60} s`; }
  return `${seconds} s`;
}

// The text node that Blazor made is kept and only its value changes, so that Blazor can go on diffing it.
function setText(element, text) {
  const node = element.firstChild;
  if (node?.nodeType === Node.TEXT_NODE) {
    if (node.nodeValue !== text) { node.nodeValue = text; }
  } else if (text) {
    element.textContent = text;
  }
}
