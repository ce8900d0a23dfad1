import type { ReactNode } from "react";

/** The outlines of the states; each shape says its state without the colour. */
export const statePaths = {
  "s-applying": (
    <>
      <path d="M5 4.5h14M12 20V9M7.5 13.5 12 9l4.5 4.5" />
    </>
  ),
  "s-degraded": (
    <>
      <path d="M12 4 21 19.5H3z" />
      <path d="M12 10v4.2M12 16.9v.1" />
    </>
  ),
  "s-ended": (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M8.5 12h7" />
    </>
  ),
  "s-failed": (
    <>
      <path d="M8.4 3.5h7.2l4.9 4.9v7.2l-4.9 4.9H8.4l-4.9-4.9V8.4z" />
      <path d="m9.3 9.3 5.4 5.4M14.7 9.3l-5.4 5.4" />
    </>
  ),
  "s-healthy": (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="m8.3 12.2 2.6 2.6 4.9-5.2" />
    </>
  ),
  "s-paused": (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M10 9v6M14 9v6" />
    </>
  ),
  "s-pending": (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 7.5V12l3 2" />
    </>
  ),
  "s-progressing": (
    <>
      <path d="M20.5 12A8.5 8.5 0 1 1 14.5 3.87" />
    </>
  ),
  "s-stopped": (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <rect x="9" y="9" width="6" height="6" rx="1" />
    </>
  ),
} satisfies Record<string, ReactNode>;
