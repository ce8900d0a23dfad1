import { Icon, type IconName } from "./Icon";

/** What a rollout, deployment or project can be in; the words of the design's state language. */
export type StateName =
  | "pending"
  | "applying"
  | "progressing"
  | "healthy"
  | "degraded"
  | "failed"
  | "ended"
  | "stopped"
  | "none";

interface Look {
  hue: "ok" | "busy" | "warn" | "bad" | "rest";
  icon: IconName;
  word: string;
  turns?: boolean;
}

export const states: Record<StateName, Look> = {
  failed: { hue: "bad", icon: "s-failed", word: "Failed" },
  degraded: { hue: "warn", icon: "s-degraded", word: "Degraded" },
  progressing: { hue: "busy", icon: "s-progressing", word: "Progressing", turns: true },
  applying: { hue: "busy", icon: "s-applying", word: "Applying" },
  pending: { hue: "rest", icon: "s-pending", word: "Pending" },
  healthy: { hue: "ok", icon: "s-healthy", word: "Healthy" },
  stopped: { hue: "rest", icon: "s-stopped", word: "Stopped" },
  ended: { hue: "rest", icon: "s-ended", word: "Ended" },
  none: { hue: "rest", icon: "s-ended", word: "Nothing deployed" },
};

interface Props {
  state: StateName;
  /** A filled badge, for headers and for trouble; plain elsewhere: quiet when well. */
  filled?: boolean;
  /** Only the icon is drawn; the word is left to screen readers. */
  iconOnly?: boolean;
  word?: string;
}

/** Always icon and word: a state is never told by colour alone. */
export function State({ state, filled, iconOnly, word }: Props) {
  const look = states[state];
  const text = word ?? look.word;
  return (
    <span className={`st ${look.hue}${filled ? " f" : ""}`}>
      <Icon name={look.icon} className={look.turns ? "spin" : undefined} />
      {iconOnly ? <span className="vh">{text}</span> : text}
    </span>
  );
}
