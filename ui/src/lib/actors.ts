import { me } from "../api/client";
import type { Rollout } from "../api/types";

const causes: Record<string, string> = {
  person: "Person",
  "auto-update": "Auto-update",
  auto_update: "Auto-update",
  autoUpdate: "Auto-update",
  rollback: "Roll back",
  hook: "Hook",
};

/** The word for why a rollout came to be. */
export function causeWord(cause: string): string {
  return causes[cause] ?? (cause ? cause.charAt(0).toUpperCase() + cause.slice(1) : "Person");
}

/** Who did it, by name: a person, "Auto-update", "A hook". */
export function actor(rollout: Pick<Rollout, "cause" | "author" | "user">): {
  name: string;
  person: boolean;
} {
  if (/auto.?update/i.test(rollout.cause)) return { name: "Auto-update", person: false };
  if (rollout.cause === "hook") return { name: "A hook", person: false };
  const user = me();
  const author = rollout.author || rollout.user;
  if (!author || author === user?.id) return { name: user?.name || user?.username || "You", person: true };
  return { name: author, person: true };
}
