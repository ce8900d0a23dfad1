import { useEffect, useRef, useState } from "react";
import { states } from "../components/State";
import { byState } from "../lib/health";
import { useWholes } from "./useParts";

const quiet = 2000;

/** One polite live region for changes of state: at most one sentence each two seconds, the worst first. */
export function StateAnnouncer() {
  const wholes = useWholes();
  const known = useRef<Map<string, string> | undefined>(undefined);
  const [said, say] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const waiting = useRef("");

  useEffect(() => {
    if (!wholes) return;
    const all = wholes.flatMap((whole) => whole.parts);
    const before = known.current;
    known.current = new Map(all.map((one) => [one.deployment.id, one.state]));
    if (!before) return;
    const changed = all
      .filter((one) => before.has(one.deployment.id) && before.get(one.deployment.id) !== one.state)
      .sort((a, b) => byState(a.state, b.state))[0];
    if (!changed) return;
    waiting.current = `${changed.deployment.name}: ${states[changed.state].word}`;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      say(waiting.current);
    }, quiet);
  }, [wholes]);

  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <div className="vh" role="status" aria-live="polite">
      {said}
    </div>
  );
}
