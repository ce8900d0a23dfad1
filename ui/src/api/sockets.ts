import { pb } from "./client";

const delays = [500, 1000, 2000, 5000, 10_000, 30_000];

export type SocketState = "connecting" | "open" | "lost" | "refused";

interface Handlers {
  /** A frame as it came: JSON or log text. */
  onFrame: (text: string) => void;
  onState?: (state: SocketState, reason: string) => void;
  /** Called before the first frame of each connection, so that a new beginning replaces the old one. */
  onOpen?: () => void;
}

/**
 * A live socket that says who it is in its first message and comes back after a loss.
 * The server refuses with 4400-4499; those are final, since asking again would be answered the same.
 */
export function connect(path: string, hello: () => Record<string, unknown>, handlers: Handlers): () => void {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let ended = false;

  function open(): void {
    handlers.onState?.("connecting", "");
    socket = new WebSocket(`${window.location.origin.replace(/^http/, "ws")}${path}`);
    socket.onopen = () => {
      socket?.send(JSON.stringify({ ...hello(), token: pb.authStore.token }));
      handlers.onOpen?.();
      handlers.onState?.("open", "");
    };
    socket.onmessage = ({ data }) => {
      tries = 0;
      if (typeof data === "string") handlers.onFrame(data);
    };
    socket.onclose = ({ code, reason }) => {
      if (ended) return;
      if (code >= 4400 && code < 4500) {
        handlers.onState?.("refused", reason);
        return;
      }
      handlers.onState?.("lost", reason);
      timer = setTimeout(open, delays[Math.min(tries, delays.length - 1)]);
      tries += 1;
    };
  }

  open();
  return () => {
    ended = true;
    clearTimeout(timer);
    socket?.close(1000);
  };
}
