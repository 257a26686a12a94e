// Classic script in the head, before the first paint: the chosen theme, or the system's, so that no page flashes.
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("lockstep.theme"); } catch { /* storage is refused: the system decides */ }
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
