/** The palette listens for this event, so that opening it does not load it before it is needed. */
const name = "oneclick:palette";

export function openPalette(): void {
  window.dispatchEvent(new Event(name));
}

export function onPalette(open: () => void): () => void {
  window.addEventListener(name, open);
  return () => window.removeEventListener(name, open);
}
