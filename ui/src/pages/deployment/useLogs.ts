import { useCallback, useEffect, useRef, useState } from "react";
import { send } from "../../api/client";
import { sentence } from "../../api/errors";
import { connect } from "../../api/sockets";
import { LogBuffer, type LogLine } from "../../lib/loglines";
import { type LogProblem, logProblem } from "../../lib/logproblems";

interface Asked {
  projectId: string;
  pods: string[];
  /** The run before the last restart instead of the live one. */
  previous: boolean;
  paused: boolean;
}

/** The newest lines of some pods. While paused, lines are kept and counted but not shown. */
export function useLogs({ projectId, pods, previous, paused }: Asked) {
  const [lines, setLines] = useState<LogLine[]>([]);
  const [waiting, setWaiting] = useState(0);
  const [problem, setProblem] = useState<LogProblem>();
  const held = useRef(paused);
  const buffer = useRef(new LogBuffer());
  const shownUpTo = useRef(0);
  const key = pods.join(" ");

  const show = useCallback(() => {
    const all = buffer.current.lines;
    if (held.current) {
      setWaiting(all.filter((line) => line.id > shownUpTo.current).length);
      return;
    }
    shownUpTo.current = all.at(-1)?.id ?? 0;
    setWaiting(0);
    setLines(all);
  }, []);

  useEffect(() => {
    held.current = paused;
    show();
  }, [paused, show]);

  useEffect(() => {
    const own = new LogBuffer();
    buffer.current = own;
    let frame = 0;
    // By pod: the lines of one say nothing of another.
    const problems = new Map<string, string>();
    setProblem(undefined);
    const refused = (pod: string, said: string) => {
      if (problems.get(pod) === said) return;
      if (said) problems.set(pod, said);
      else problems.delete(pod);
      const [first] = problems.values();
      setProblem(first === undefined ? undefined : logProblem(first));
    };
    const draw = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        show();
      });
    };
    draw();
    const take = (pod: string, text: string) => {
      if (!text) return;
      if (problems.has(pod)) refused(pod, "");
      own.add(pod, text);
      draw();
    };
    const names = key.split(" ").filter(Boolean);
    const stops = names.map((pod) =>
      previous
        ? readOnce(projectId, pod, take, (said) => refused(pod, said))
        : follow(
            projectId,
            pod,
            (text) => take(pod, text),
            () => own.drop(pod),
            (said) => refused(pod, said),
          ),
    );
    return () => {
      cancelAnimationFrame(frame);
      for (const stop of stops) stop();
    };
  }, [projectId, key, previous, show]);

  return { lines, waiting, problem, download };
}

function follow(
  projectId: string,
  podName: string,
  take: (text: string) => void,
  begin: () => void,
  refused: (reason: string) => void,
): () => void {
  return connect("/ws/k8s/logs", () => ({ projectId, podName, tail: 1000 }), {
    onFrame: (text) => {
      const error = errorIn(text);
      if (error) refused(error);
      else take(text);
    },
    onOpen: begin,
    onState: (state, reason) => {
      if (state === "refused" && reason) refused(reason);
    },
  });
}

/** The socket says what is wrong as `{"error": …}` before it closes; a log line may look like JSON too. */
function errorIn(text: string): string {
  if (!text.startsWith('{"error"')) return "";
  try {
    const { error } = JSON.parse(text) as { error: unknown };
    return typeof error === "string" ? error : ((error as { message?: string })?.message ?? "");
  } catch {
    return "";
  }
}

function readOnce(
  projectId: string,
  pod: string,
  take: (pod: string, text: string) => void,
  refused: (reason: string) => void,
): () => void {
  const stop = new AbortController();
  send<string>(`/rollouts/${projectId}/${pod}/logs`, {
    query: { previous: true, tail: 1000 },
    signal: stop.signal,
    fetch: readText,
  })
    .then((text) => take(pod, text))
    .catch((error: unknown) => {
      if (!stop.signal.aborted) refused(sentence(error));
    });
  return () => stop.abort();
}

/** The client reads every answer as JSON; a log is text, so it is wrapped on the way in. */
async function readText(url: RequestInfo | URL, options?: RequestInit): Promise<Response> {
  const answer = await fetch(url, options);
  if (!answer.ok) return answer;
  return new Response(JSON.stringify(await answer.text()), { status: answer.status });
}

/** Hands the lines to the browser as a text file. */
function download(lines: LogLine[], name: string): void {
  const text = lines.map((line) => [line.time, line.pod, line.text].filter(Boolean).join(" ")).join("\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
  link.download = `${name || "log"}.log`;
  link.click();
  URL.revokeObjectURL(link.href);
}
