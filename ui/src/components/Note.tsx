import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

type Kind = "plain" | "ok" | "warn" | "bad";

const icons: Record<Kind, IconName> = { plain: "help", ok: "s-healthy", warn: "s-degraded", bad: "s-failed" };

/** A framed remark. `alert` reads it out as soon as it appears. */
export function Note({
  kind = "plain",
  alert,
  children,
}: {
  kind?: Kind;
  alert?: boolean;
  children: ReactNode;
}) {
  return (
    <div className={`note ${kind}`} role={alert ? "alert" : undefined}>
      <Icon name={icons[kind]} />
      <div className="grow">{children}</div>
    </div>
  );
}
