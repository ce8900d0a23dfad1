import { lazy, Suspense, useId } from "react";
import { Waiting } from "./Waiting";

const CodeEditor = lazy(() => import("./CodeEditor"));

interface Props {
  label: string;
  value: string;
  change?: (text: string) => void;
  readOnly?: boolean;
  hint?: string;
}

/** A YAML editor; the editor itself is loaded when the first one is shown. */
export function YamlEditor({ label, hint, ...rest }: Props) {
  const id = useId();
  return (
    <div className="yaml">
      <span className="lab" id={id}>
        {label}
      </span>
      <Suspense fallback={<Waiting rows={8} />}>
        <CodeEditor labelledBy={id} {...rest} />
      </Suspense>
      {hint && <p className="hint">{hint}</p>}
    </div>
  );
}
