const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const exactly = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });

/** A date of the API (`2026-11-23 19:53:16.000Z`) or of Kubernetes; undefined when there is none. */
export function toDate(text: string | undefined): Date | undefined {
  if (!text) return undefined;
  const date = new Date(text.replace(" ", "T"));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** "24 min ago" up to a day, "yesterday, 18:32", then "18 Nov, 10:04". */
export function relative(date: Date, now: Date): string {
  const age = now.getTime() - date.getTime();
  if (age < 45_000) return "just now";
  if (age < hour) return `${Math.max(1, Math.round(age / minute))} min ago`;
  const midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  if (date >= midnight) return `${Math.round(age / hour)} h ago`;
  if (date.getTime() >= midnight.getTime() - day) return `yesterday, ${clock.format(date)}`;
  const year = date.getFullYear() === now.getFullYear() ? "" : ` ${date.getFullYear()}`;
  return `${dayMonth.format(date)}${year}, ${clock.format(date)}`;
}

export function exact(date: Date): string {
  return exactly.format(date);
}

/** "52 s", "1 min 4 s", "3 h 10 min", "6 days". */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return days === 1 ? "1 day" : `${days} days`;
}
