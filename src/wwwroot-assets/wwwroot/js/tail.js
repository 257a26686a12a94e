// A log view of fixed 20 px rows. Only rows in sight are in the document; the ring keeps the newest `limit` of them.
// Rows come from the server as data and are set as text, never as markup.
import { isTyping } from "./frame.js";

const rowPx = 20;
const overscan = 10;

export function open(host, owner, limit) {
  return new TailRows(host, owner, limit);
}

class TailRows {
  constructor(host, owner, limit) {
    this.host = host;
    this.owner = owner;
    this.limit = limit;
    this.rows = [];
    this.first = 0; // number of rows that have left the ring: keeps stripes and keys steady
    this.following = true;
    this.unseen = 0;
    this.pool = new Map();
    this.space = document.createElement("div");
    this.space.className = "ls-tail-space";
    this.pill = document.createElement("button");
    this.pill.type = "button";
    this.pill.className = "ls-tail-pill";
    this.pill.hidden = true;
    this.pill.addEventListener("click", () => this.follow(true));
    host.append(this.space);
    host.parentElement.append(this.pill);
    this.abort = new AbortController();
    const signal = this.abort.signal;
    host.addEventListener("scroll", () => this.onScroll(), { passive: true, signal });
    host.addEventListener("wheel", (e) => { if (e.deltaY < 0) { this.leave(); } }, { passive: true, signal });
    document.addEventListener("keydown", (e) => this.onKey(e), { signal });
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(host);
    this.draw();
  }

  append(entries) {
    for (const entry of entries) { this.rows.push(entry); }
    const over = this.rows.length - this.limit;
    if (over > 0) {
      this.rows.splice(0, over);
      this.first += over;
      // What the user looks at stays where it is.
      if (!this.following) { this.host.scrollTop = Math.max(0, this.host.scrollTop - over * rowPx); }
    }
    if (!this.following) {
      this.unseen += entries.filter((e) => e.k === "r").length;
    }
    this.draw();
  }

  clear() {
    this.rows = [];
    this.first = 0;
    this.unseen = 0;
    for (const element of this.pool.values()) { element.remove(); }
    this.pool.clear();
    this.draw();
  }

  follow(on) {
    this.setFollowing(on);
    this.draw();
  }

  dispose() {
    this.abort.abort();
    this.resize.disconnect();
    this.pill.remove();
    this.space.remove();
    this.owner = null;
  }

  setFollowing(on) {
    if (on) { this.unseen = 0; }
    if (this.following === on) { return; }
    this.following = on;
    this.owner?.invokeMethodAsync("Following", on);
  }

  leave() {
    if (this.host.scrollTop > 0) { this.setFollowing(false); }
  }

  onScroll() {
    const fromEnd = this.host.scrollHeight - this.host.clientHeight - this.host.scrollTop;
    if (fromEnd < rowPx) {
      if (!this.following) { this.setFollowing(true); }
    } else if (this.following && fromEnd > rowPx * 2 && this.host.scrollTop < this.stuckAt - rowPx) {
      this.setFollowing(false);
    }
    this.draw();
  }

  onKey(event) {
    if (isTyping(event.target)) {
      if (event.key === "Escape" && event.target.matches("[data-tail-filter]") && event.target.value) {
        event.target.value = "";
        event.target.dispatchEvent(new Event("change", { bubbles: true }));
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("button, a, summary")) { return; }
    const section = this.host.closest("[data-tail]");
    if (event.key === " ") {
      event.preventDefault();
      section.querySelector("[data-tail-pause]").click();
    } else if (event.key === "End") {
      event.preventDefault();
      this.follow(true);
    } else if (event.key === "/") {
      event.preventDefault();
      section.querySelector("[data-tail-filter]").focus();
    } else if (event.key === "Home" || event.key === "PageUp" || event.key === "ArrowUp") {
      if (document.activeElement === this.host) { this.leave(); }
    }
  }

  draw() {
    const { host, rows } = this;
    this.space.style.height = `${rows.length * rowPx}px`;
    host.toggleAttribute("data-is-empty", rows.length === 0);
    if (this.following) {
      host.scrollTop = rows.length * rowPx;
      this.stuckAt = host.scrollTop;
    }
    const from = Math.max(0, Math.floor(host.scrollTop / rowPx) - overscan);
    const to = Math.min(rows.length, Math.ceil((host.scrollTop + host.clientHeight) / rowPx) + overscan);
    for (const [key, element] of this.pool) {
      const at = key - this.first;
      if (at < from || at >= to) {
        element.remove();
        this.pool.delete(key);
      }
    }
    for (let at = from; at < to; at++) {
      const key = at + this.first;
      let element = this.pool.get(key);
      if (!element) {
        element = rowOf(rows[at]);
        this.pool.set(key, element);
        this.space.append(element);
      }
      element.style.transform = `translateY(${at * rowPx}px)`;
    }
    this.pill.hidden = this.following || this.unseen === 0;
    this.pill.textContent = `↓ ${this.unseen.toLocaleString("en")}`;
  }
}

function rowOf(entry) {
  const element = document.createElement("div");
  if (entry.k !== "r") {
    element.className = entry.k === "s" ? "ls-tail-seam" : "ls-tail-gap";
    element.append(part("span", "", entry.k === "s" ? `${clock(entry.t)}  ${entry.x}` : entry.x));
    return element;
  }
  element.className = "ls-tail-row";
  element.title = entry.d;
  const letter = entry.m.slice(entry.m.lastIndexOf("-") + 1);
  element.dataset.made = letter;
  element.append(
    part("span", "ls-tail-offset", entry.n.toLocaleString("en")),
    part("span", "ls-tail-time", clock(entry.t)),
    part("span", "ls-tail-made", letter),
    part("span", "ls-tail-text", entry.x));
  return element;
}

function part(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function clock(ms) {
  const at = new Date(ms);
  const two = (n) => String(n).padStart(2, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}
