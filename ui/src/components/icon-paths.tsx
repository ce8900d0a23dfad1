import type { ReactNode } from "react";
import { statePaths } from "./state-paths";

/** The outlines of the design language, drawn on a 24 px grid. */
export const paths = {
  ...statePaths,
  activity: (
    <>
      <path d="M3 12h4l3-7.5 4.5 15L17.5 12H21" />
    </>
  ),
  admin: (
    <>
      <path d="M4 7h9M19 7h1M4 17h2M12 17h8" />
      <circle cx="16" cy="7" r="2.5" />
      <circle cx="9" cy="17" r="2.5" />
    </>
  ),
  arrow: (
    <>
      <path d="M5 12h14M13.5 6.5 19 12l-5.5 5.5" />
    </>
  ),
  blueprint: (
    <>
      <path d="M12 3.5 20.5 8 12 12.5 3.5 8z" />
      <path d="m3.5 12.2 8.5 4.5 8.5-4.5" />
      <path d="m3.5 16.4 8.5 4.1 8.5-4.1" />
    </>
  ),
  bot: (
    <>
      <rect x="4.5" y="8" width="15" height="11" rx="3" />
      <path d="M12 4v4M9.3 13v1M14.7 13v1" />
    </>
  ),
  box: (
    <>
      <path d="M12 3.5 20 8v8l-8 4.5L4 16V8z" />
      <path d="M4.3 8.2 12 12.5l7.7-4.3M12 12.5v8" />
    </>
  ),
  cal: (
    <>
      <rect x="4" y="5.5" width="16" height="14" rx="2" />
      <path d="M4 10h16M8.5 3.5v4M15.5 3.5v4" />
    </>
  ),
  check: (
    <>
      <path d="m5 12.5 4.5 4.5L19 7.5" />
    </>
  ),
  copy: (
    <>
      <rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2" />
      <path d="M15.5 8.5V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7.5a2 2 0 0 0 2 2h2.5" />
    </>
  ),
  diff: (
    <>
      <path d="M12 4v8M8 8h8M8 18h8" />
    </>
  ),
  disk: (
    <>
      <ellipse cx="12" cy="6" rx="7.5" ry="2.8" />
      <path d="M4.5 6v12c0 1.5 3.4 2.8 7.5 2.8s7.5-1.3 7.5-2.8V6M4.5 12c0 1.5 3.4 2.8 7.5 2.8s7.5-1.3 7.5-2.8" />
    </>
  ),
  dots: (
    <>
      <g fill="currentColor" stroke="none">
        <circle cx="5.5" cy="12" r="1.6" />
        <circle cx="12" cy="12" r="1.6" />
        <circle cx="18.5" cy="12" r="1.6" />
      </g>
    </>
  ),
  down: (
    <>
      <path d="m7 10 5 5 5-5" />
    </>
  ),
  download: (
    <>
      <path d="M12 4v10.5M7.5 10.5 12 15l4.5-4.5M4.5 19.5h15" />
    </>
  ),
  ext: (
    <>
      <path d="M10.5 5H6.5A1.5 1.5 0 0 0 5 6.5v11A1.5 1.5 0 0 0 6.5 19h11a1.5 1.5 0 0 0 1.5-1.5v-4M14 4.5h5.5V10M19.5 4.5 11 13" />
    </>
  ),
  eye: (
    <>
      <path d="M2.8 12C5 7.8 8.3 5.7 12 5.7s7 2.1 9.2 6.3c-2.2 4.2-5.5 6.3-9.2 6.3S5 16.2 2.8 12z" />
      <circle cx="12" cy="12" r="2.6" />
    </>
  ),
  filter: (
    <>
      <path d="M4 5.5h16l-6 7.3V19l-4-2v-4.2z" />
    </>
  ),
  globe: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17" />
    </>
  ),
  help: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M9.7 9.5a2.4 2.4 0 1 1 3.4 2.4c-.8.4-1.1.9-1.1 1.8M12 16.6v.1" />
    </>
  ),
  hide: (
    <>
      <path d="M4 4l16 16M9.5 6a8.700 8.700 0 0 1 2.500-.3c3.700 0 7 2.100 9.200 6.300a13.500 13.500 0 0 1-2.500 3.300M6.300 7.700A12.500 12.500 0 0 0 2.800 12c2.200 4.200 5.500 6.300 9.200 6.300 1.600 0 3-.4 4.400-1.100" />
    </>
  ),
  history: (
    <>
      <path d="M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4.5v4h4" />
      <path d="M12 8v4.3l2.8 1.7" />
    </>
  ),
  image: (
    <>
      <rect x="3.5" y="5" width="17" height="14" rx="2" />
      <path d="m4 16.5 4.5-4.5 4 4 2.5-2.5 5 4.5M15.5 9h.1" />
    </>
  ),
  json: (
    <>
      <path d="M9 4c-3 0-3 1-3 3v2.5C6 11 5 12 3.5 12 5 12 6 13 6 14.5V17c0 2 0 3 3 3M15 4c3 0 3 1 3 3v2.5c0 1.5 1 2.5 2.5 2.5-1.5 0-2.5 1-2.5 2.5V17c0 2 0 3-3 3" />
    </>
  ),
  key: (
    <>
      <circle cx="8" cy="15" r="4" />
      <path d="m11 12 8-8M16 7l2.500 2.500" />
    </>
  ),
  left: (
    <>
      <path d="m14 7-5 5 5 5" />
    </>
  ),
  link: (
    <>
      <path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1" />
    </>
  ),
  list: (
    <>
      <path d="M8.5 6.5H20M8.5 12H20M8.5 17.5H20" />
      <path d="M4.2 6.5h.1M4.2 12h.1M4.2 17.5h.1" />
    </>
  ),
  lock: (
    <>
      <rect x="5" y="10.5" width="14" height="9.5" rx="2" />
      <path d="M8 10.5V8a4 4 0 0 1 8 0v2.5" />
    </>
  ),
  logs: (
    <>
      <path d="M4 6h11M4 10h16M4 14h8M4 18h13" />
    </>
  ),
  mark: (
    <>
      <rect x="3" y="3" width="18" height="18" rx="5" strokeWidth="2" />
      <rect x="8.5" y="8.5" width="7" height="7" rx="1.8" fill="currentColor" stroke="none" />
    </>
  ),
  mem: (
    <>
      <rect x="4" y="7" width="16" height="10" rx="2" />
      <path d="M8 7v10M12 7v10M16 7v10M7 17v2.5M12 17v2.5M17 17v2.5" />
    </>
  ),
  menu: (
    <>
      <path d="M4 7h16M4 12h16M4 17h16" />
    </>
  ),
  minus: (
    <>
      <path d="M5 12h14" />
    </>
  ),
  moon: (
    <>
      <path d="M19.5 14.2A8 8 0 0 1 9.8 4.5a8 8 0 1 0 9.7 9.7z" />
    </>
  ),
  out: (
    <>
      <path d="M10 4.5H6.5A1.5 1.5 0 0 0 5 6v12a1.5 1.5 0 0 0 1.5 1.5H10M14.5 8l4 4-4 4M18.5 12H9.5" />
    </>
  ),
  pause: (
    <>
      <path d="M9 5.5v13M15 5.5v13" />
    </>
  ),
  pencil: (
    <>
      <path d="M5 19l.8-4L15.5 5.3a1.9 1.9 0 0 1 2.7 0l.5.5a1.9 1.9 0 0 1 0 2.7L9 18.2z" />
      <path d="m13.5 7.3 3.2 3.2" />
    </>
  ),
  play: (
    <>
      <path d="M8 5.5v13l10.5-6.5z" />
    </>
  ),
  plug: (
    <>
      <path d="M9 3.5V8M15 3.5V8M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0zM12 17v3.5" />
    </>
  ),
  plus: (
    <>
      <path d="M12 5v14M5 12h14" />
    </>
  ),
  projects: (
    <>
      <rect x="3.5" y="3.5" width="7" height="7" rx="2" />
      <rect x="13.5" y="3.5" width="7" height="7" rx="2" />
      <rect x="3.5" y="13.5" width="7" height="7" rx="2" />
      <rect x="13.5" y="13.5" width="7" height="7" rx="2" />
    </>
  ),
  restart: (
    <>
      <path d="M4.5 9.5A8 8 0 1 1 4 13M4.5 4.5v5h5" />
    </>
  ),
  right: (
    <>
      <path d="m10 7 5 5-5 5" />
    </>
  ),
  roll: (
    <>
      <path d="M12 20.5V11M7 15.5l5-5 5 5" />
      <path d="M5 8.5V5a1.5 1.5 0 0 1 1.5-1.5h11A1.5 1.5 0 0 1 19 5v3.5" />
    </>
  ),
  search: (
    <>
      <circle cx="10.5" cy="10.5" r="6.5" />
      <path d="m15.5 15.5 5 5" />
    </>
  ),
  server: (
    <>
      <rect x="4" y="4" width="16" height="7" rx="2" />
      <rect x="4" y="13" width="16" height="7" rx="2" />
      <path d="M8 7.5h.1M8 16.5h.1" />
    </>
  ),
  share: (
    <>
      <path d="M12 15V4M8 7.5 12 3.5l4 4M5 12.500V18a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-5.5" />
    </>
  ),
  sun: (
    <>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4" />
    </>
  ),
  table: (
    <>
      <rect x="3.5" y="5" width="17" height="14" rx="2" />
      <path d="M3.5 10h17M3.5 14.5h17M9.5 10v9" />
    </>
  ),
  term: (
    <>
      <rect x="3.5" y="4.5" width="17" height="15" rx="2" />
      <path d="m7.5 9.5 3 2.5-3 2.5M13 15h3.5" />
    </>
  ),
  trash: (
    <>
      <path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 12.5h9l1-12.5M10 11v5M14 11v5" />
    </>
  ),
  undo: (
    <>
      <path d="M8.5 5.5 4 10l4.5 4.5M4.5 10h9.5a4.8 4.8 0 0 1 0 9.6H10" />
    </>
  ),
  updates: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 16V8.5M8.8 11.5 12 8.3l3.2 3.2" />
    </>
  ),
  updown: (
    <>
      <path d="m8.5 9.5 3.5-4 3.5 4M8.5 14.5l3.5 4 3.5-4" />
    </>
  ),
  user: (
    <>
      <circle cx="12" cy="8" r="3.7" />
      <path d="M4.8 20a7.2 7.2 0 0 1 14.4 0" />
    </>
  ),
  wrap: (
    <>
      <path d="M4 6h16M4 18h5M4 12h13a3 3 0 0 1 0 6h-4M15 15.5 12.5 18l2.5 2.5" />
    </>
  ),
  x: (
    <>
      <path d="m6 6 12 12M18 6 6 18" />
    </>
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof paths;
