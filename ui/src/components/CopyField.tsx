import { type ReactNode, useState } from "react";
import { Button } from "./Button";

interface Props {
  label: string;
  value: string;
  /** The accessible name of the button: "Copy the redirect address". */
  copy: string;
  hint?: ReactNode;
}

/** A text to take elsewhere: all of it is on the page, and one press copies it. */
export function CopyField({ label, value, copy, hint }: Props) {
  const [copied, setCopied] = useState("");
  return (
    <div>
      <span className="lab">{label}</span>
      <div className="copyf">
        <code>{value}</code>
        <Button
          icon={copied === value ? "check" : "copy"}
          aria-label={copy}
          onClick={() => navigator.clipboard.writeText(value).then(() => setCopied(value))}
        >
          {copied === value ? "Copied" : "Copy"}
        </Button>
      </div>
      {hint && <p className="hint">{hint}</p>}
    </div>
  );
}
