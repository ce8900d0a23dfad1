import { useEffect, useRef } from "react";
import { Icon } from "./Icon";

interface Props {
  label: string;
  value: string;
  change: (text: string) => void;
  className?: string;
}

/** A text filter. `/` puts the cursor into it from anywhere on the page where nobody is typing. */
export function SearchField({ label, value, change, className }: Props) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return;
      event.preventDefault();
      field.current?.focus();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <div className={["inw", className].filter(Boolean).join(" ")}>
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        className="in"
        placeholder={label}
        aria-label={label}
        value={value}
        onChange={(event) => change(event.currentTarget.value)}
      />
      <kbd className="only-d">/</kbd>
    </div>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
