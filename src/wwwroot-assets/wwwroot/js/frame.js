// What a tab tells the server (theme, width, visibility), the keys, and the clocks that tick without it.
import { startClocks } from "./live.js";

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const narrow = matchMedia("(max-width: 719.98px)");
const destinations = { o: "/", g: "/groups", p: "/projects", t: "/output", b: "/bus" };
const chordMs = 1200;

let browser = null;
let layout = null;
let chordAt = 0;
let started = false;

export function start(browserState, mainLayout) {
  browser = browserState;
  layout = mainLayout;
  if (!started) {
    started = true;
    systemDark.addEventListener("change", appear);
    narrow.addEventListener("change", appear);
    document.addEventListener("visibilitychange", () => browser?.invokeMethodAsync("Hide", document.hidden));
    document.addEventListener("keydown", onKey);
    document.addEventListener("click", onClick, true);
    startClocks();
  }
  appear();
  if (document.hidden) { browser.invokeMethodAsync("Hide", true); }
}

export function setTheme(theme) {
  store("lockstep.theme", theme);
  appear();
}

export function keysOn() { return read("lockstep.keys") !== "off"; }

export function setKeysOn(on) { store("lockstep.keys", on ? "on" : "off"); }

function appear() {
  const chosen = read("lockstep.theme");
  const dark = chosen ? chosen === "dark" : systemDark.matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  browser?.invokeMethodAsync("Appear", dark, narrow.matches);
}

function onClick(event) {
  const skip = event.target.closest?.("[data-skip]");
  if (skip) {
    event.preventDefault();
    event.stopPropagation();
    document.getElementById("content")?.focus();
    return;
  }
  // A click elsewhere closes an open pop-out.
  for (const open of document.querySelectorAll("details.ls-pop[open]")) {
    if (!open.contains(event.target)) { open.open = false; }
  }
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !keysOn()) { return; }
  const now = performance.now();
  if (now - chordAt < chordMs && destinations[event.key]) {
    chordAt = 0;
    event.preventDefault();
    Blazor.navigateTo(destinations[event.key]);
  } else if (event.key === "g") {
    chordAt = now;
  } else if (event.key === "?") {
    event.preventDefault();
    layout?.invokeMethodAsync("ShowHelpAsync");
  } else {
    chordAt = 0;
  }
}

export function isTyping(target) {
  return target instanceof Element && !!target.closest("input, textarea, select, [contenteditable=true], [role=menu], [role=dialog]");
}

function read(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

function store(key, value) {
  try { localStorage.setItem(key, value); } catch { /* storage is refused: it lasts as long as the page */ }
}
