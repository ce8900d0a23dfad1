import { Link } from "@tanstack/react-router";
import { Avatar, Machine } from "../../components/Avatar";
import { State, states } from "../../components/State";
import { Time } from "../../components/Time";
import { actor } from "../../lib/actors";
import { healthSentence, inWords, needsAttention, type Part } from "../../lib/health";
import { readTags } from "../../lib/tags";
import type { Whole } from "../../shell/useParts";

/** Name, tags, state; one sentence; how many are in which state; who did what last. */
export function ProjectCard({ whole: { project, parts, state } }: { whole: Whole }) {
  const last = newest(parts);
  return (
    <article className="card pc">
      <div className="row w">
        <h3>
          <Link className="cover" to="/app/projects/$projectId" params={{ projectId: project.id }}>
            {project.name}
          </Link>
        </h3>
        {readTags(project.tags).map((tag) => (
          <span key={tag} className="tag">
            {tag}
          </span>
        ))}
        <span className="end">
          <State state={state} filled={needsAttention(state)} />
        </span>
      </div>
      <p className="why t2">{why(parts)}</p>
      <Counts parts={parts} />
      <div className="foot">
        {last?.rollout ? (
          <Last part={last} />
        ) : (
          <span>
            Made <Time at={project.created} />
          </span>
        )}
      </div>
    </article>
  );
}

function newest(parts: Part[]): Part | undefined {
  return parts
    .filter((one) => one.rollout)
    .sort((a, b) => (b.rollout?.startDate ?? "").localeCompare(a.rollout?.startDate ?? ""))[0];
}

function why(parts: Part[]) {
  const [first] = parts;
  if (!first) return "Nothing is deployed yet.";
  if (needsAttention(first.state)) {
    const scale = first.rollout?.manifest?.spec?.horizontalScale?.minReplicas ?? 1;
    return (
      <>
        <b className="m">{first.deployment.name}</b>: {healthSentence(first.rollout, 0, scale)}
      </>
    );
  }
  const up = parts.filter((one) => one.state === "healthy").length;
  if (!up) return "Everything is stopped. Volumes are kept.";
  if (parts.length === 1) return `${first.deployment.name} is as it should be.`;
  const stopped = parts.length - up;
  return stopped
    ? `${up} of ${parts.length} deployments are healthy, ${inWords(stopped)} stopped.`
    : `${up === 2 ? "Both" : `All ${inWords(up)}`} deployments are as they should be.`;
}

function Counts({ parts }: { parts: Part[] }) {
  const counts = new Map<Part["state"], number>();
  for (const { state } of parts) counts.set(state, (counts.get(state) ?? 0) + 1);
  return (
    <ul className="row w g4 pr fs12">
      {[...counts].map(([state, count]) => (
        <li key={state}>
          <State state={state} word={`${count} ${states[state].word.toLowerCase()}`} />
        </li>
      ))}
    </ul>
  );
}

function Last({ part: { deployment, rollout, state } }: { part: Part }) {
  if (!rollout) return null;
  const { name, person } = actor(rollout);
  return (
    <>
      {person ? <Avatar small name={name} /> : <Machine />}
      <span className="el">
        {name} rolled out {deployment.name} {rollout.manifest?.spec?.image?.tag ?? ""}
      </span>
      <State state={state} iconOnly />
      <Time className="end nw" at={rollout.startDate || rollout.created} />
    </>
  );
}
