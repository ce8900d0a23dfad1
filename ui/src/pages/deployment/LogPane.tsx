import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { Note } from "../../components/Note";
import { type LogLine, marked } from "../../lib/loglines";
import type { LogProblem } from "../../lib/logproblems";
import { shortPod } from "../../lib/pods";

interface Props {
  lines: LogLine[];
  search: string;
  paused: boolean;
  pause: (paused: boolean) => void;
  problem: LogProblem | undefined;
  empty: string;
}

const lineHeight = 20;
const nearEnd = 40;
const colours = 6;
const seen = new Map<string, number>();

/** The lines, of which only those in sight are drawn; it stays at the end until somebody scrolls up. */
export function LogPane({ lines, search, paused, pause, problem, empty }: Props) {
  const pane = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => pane.current,
    estimateSize: () => lineHeight,
    getItemKey: (index) => lines[index]?.id ?? index,
    overscan: 20,
  });

  useEffect(() => {
    if (!paused && lines.length) rows.scrollToIndex(lines.length - 1, { align: "end" });
  }, [lines, paused, rows]);

  function onScroll(): void {
    const box = pane.current;
    if (!box || !userMoved.current) return;
    const fromEnd = box.scrollHeight - box.scrollTop - box.clientHeight;
    if (!paused && fromEnd > nearEnd) pause(true);
    if (paused && fromEnd <= 1) pause(false);
  }

  // Only a person's own scrolling pauses; lines that arrive move the pane as well.
  const userMoved = useRef(false);
  const mark = () => {
    userMoved.current = true;
    setTimeout(() => {
      userMoved.current = false;
    }, 300);
  };

  return (
    <div
      ref={pane}
      className={paneClass(lines)}
      role="log"
      aria-label="Log"
      aria-live={paused ? "off" : "polite"}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={onScroll}
      onWheel={mark}
      onTouchMove={mark}
      onKeyDown={mark}
      onPointerDown={mark}
    >
      {problem && (
        <div className="log-note">
          <Note kind={problem.calm ? "plain" : "bad"} alert={!problem.calm}>
            {problem.text}
          </Note>
        </div>
      )}
      {!lines.length && !problem && <p className="log-note t3">{empty}</p>}
      <div className="log-space" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const line = lines[item.index];
          if (!line) return null;
          return (
            <div
              key={item.key}
              data-index={item.index}
              ref={rows.measureElement}
              className="log-row"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Line line={line} search={search} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Line({ line, search }: { line: LogLine; search: string }) {
  const look = { error: "e", warn: "w", debug: "d", info: "", "": "" }[line.level];
  return (
    <div className={`ll ${look}`}>
      <time dateTime={line.time || undefined}>{clock(line.time)}</time>
      <span className="pod" title={line.pod}>
        <i className="k" style={{ background: `var(--oc-c-${colourOf(line.pod)})` }} />
        {shortPod(line.pod)}
      </span>
      <span className="lev">{line.level}</span>
      <span className="msg">
        {marked(line.text, search).map((part, index) => {
          const key = `${index}`;
          return part.hit ? <mark key={key}>{part.text}</mark> : <span key={key}>{part.text}</span>;
        })}
      </span>
    </div>
  );
}

/** Columns that no line fills are left out. */
function paneClass(lines: LogLine[]): string {
  const names = ["log"];
  if (!lines.some((line) => line.time)) names.push("untimed");
  if (!lines.some((line) => line.level)) names.push("unlevelled");
  return names.join(" ");
}

function clock(time: string): string {
  if (!time) return "";
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  return `${date.toLocaleTimeString("en-GB")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** Pods get the colours in turn, so that the first six differ; one keeps its colour while the page is open. */
function colourOf(pod: string): number {
  const place = seen.get(pod) ?? seen.size;
  seen.set(pod, place);
  return (place % colours) + 1;
}
