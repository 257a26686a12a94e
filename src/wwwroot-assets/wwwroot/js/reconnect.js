// The dialog of a lost connection. Quick tries first; when the tab comes back it tries at once; when the server no longer
// knows the circuit the page loads anew, because nothing worth keeping lives in a circuit.
const modal = document.getElementById("components-reconnect-modal");
modal.addEventListener("components-reconnect-state-changed", onState);
document.getElementById("components-reconnect-button").addEventListener("click", retry);
document.getElementById("components-resume-button").addEventListener("click", resume);

const reloadKey = "lockstep.reloadedAt";
const reloadPauseMs = 10_000;

function onState(event) {
  switch (event.detail.state) {
    case "show": if (!modal.open) { modal.showModal(); } break;
    case "hide": modal.close(); break;
    case "failed": document.addEventListener("visibilitychange", retryWhenVisible); break;
    case "rejected": reload(); break;
  }
}

async function retry() {
  document.removeEventListener("visibilitychange", retryWhenVisible);
  try {
    if (await Blazor.reconnect()) { return; }
    if (await Blazor.resumeCircuit()) { modal.close(); } else { reload(); }
  } catch {
    document.addEventListener("visibilitychange", retryWhenVisible);
  }
}

async function resume() {
  try {
    if (!await Blazor.resumeCircuit()) { reload(); }
  } catch {
    modal.classList.replace("components-reconnect-paused", "components-reconnect-resume-failed");
  }
}

function retryWhenVisible() {
  if (document.visibilityState === "visible") { retry(); }
}

// A server that refuses every circuit must not make the page reload for ever.
function reload() {
  const last = Number(sessionStorage.getItem(reloadKey) ?? 0);
  const wait = Math.max(0, last + reloadPauseMs - Date.now());
  setTimeout(() => {
    sessionStorage.setItem(reloadKey, String(Date.now()));
    location.reload();
  }, wait);
}
