/** The palette listens for this event, so that it need not be loaded before somebody wants it. */
const name = "oneclick:palette";

export function openPalette(): void {
  window.dispatchEvent(new Event(name));
}

/** Calls `open` when a button or ⌘K (Ctrl K elsewhere) asks for the palette. */
export function onPalette(open: () => void): () => void {
  function onKey(event: KeyboardEvent): void {
    if (
      event.key.toLowerCase() !== "k" ||
      !(event.metaKey || event.ctrlKey) ||
      event.altKey ||
      event.shiftKey
    )
      return;
    event.preventDefault();
    open();
  }
  window.addEventListener(name, open);
  window.addEventListener("keydown", onKey);
  return () => {
    window.removeEventListener(name, open);
    window.removeEventListener("keydown", onKey);
  };
}
