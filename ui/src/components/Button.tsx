import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, Ref } from "react";
import { Icon, type IconName } from "./Icon";

type Kind = "primary" | "secondary" | "quiet" | "danger" | "danger-solid";

interface Look {
  kind?: Kind;
  size?: "sm" | "lg";
  icon?: IconName;
  full?: boolean;
}

const kinds: Record<Kind, string> = {
  primary: "pri",
  secondary: "",
  quiet: "q",
  danger: "bad",
  "danger-solid": "bad solid",
};

function classes({ kind = "secondary", size, full }: Look, extra?: string): string {
  return ["btn", kinds[kind], size, full && "full", extra].filter(Boolean).join(" ");
}

interface ButtonProps extends Look, ButtonHTMLAttributes<HTMLButtonElement> {
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** A button; while `busy` it cannot be pressed again and says so to screen readers. */
export function Button({
  kind,
  size,
  icon,
  full,
  busy,
  children,
  className,
  disabled,
  type,
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type ?? "button"}
      className={classes({ kind, size, full }, className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy ? (
        <Icon name="s-progressing" className="spin" />
      ) : (
        icon && <Icon name={icon} size={size === "sm" ? "s" : undefined} />
      )}
      {children}
    </button>
  );
}

interface AnchorProps extends Look, AnchorHTMLAttributes<HTMLAnchorElement> {
  ref?: Ref<HTMLAnchorElement>;
}

function Anchor({ kind, size, icon, full, children, className, ...rest }: AnchorProps) {
  return (
    <a className={classes({ kind, size, full }, className)} {...rest}>
      {icon && <Icon name={icon} size={size === "sm" ? "s" : undefined} />}
      {children}
    </a>
  );
}

/** A link that looks like a button and goes to one of our own pages. */
export const ButtonLink = createLink(Anchor);

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: IconName;
  label: string;
  small?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** A button of an icon alone; `label` is what it says to screen readers and on hover. */
export function IconButton({ icon, label, small, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      className={["iconb", small && "sm", className].filter(Boolean).join(" ")}
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon name={icon} size={small ? "s" : undefined} />
    </button>
  );
}
