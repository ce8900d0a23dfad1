import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { deploymentLabel, useLive, usePods } from "../../api/live";
import { ButtonLink } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Pips } from "../../components/Pips";
import { State } from "../../components/State";
import { Time } from "../../components/Time";
import { healthSentence, needsAttention, type Part } from "../../lib/health";
import { shortImage } from "../../lib/image";
import { hosts } from "../../lib/manifest";
import { type Pod, podState } from "../../lib/pods";
import { useWholes } from "../../shell/useParts";

const route = getRouteApi("/app/projects/$projectId");

/** The deployments of a project, worst first, with their pods live. */
export function ProjectOverview() {
  const { projectId } = route.useParams();
  const parts = useWholes()?.find((one) => one.project.id === projectId)?.parts ?? [];
  const { objects } = useLive(projectId);
  const pods = usePods(objects);
  const byDeployment = useMemo(() => group(pods), [pods]);
  if (!parts.length) return <NoDeployments projectId={projectId} />;
  return (
    <div className="card tw mt5 cards-on-phone parts">
      <table className="two-l">
        <thead>
          <tr>
            <th scope="col">Health</th>
            <th scope="col">Deployment</th>
            <th scope="col">Ready</th>
            <th scope="col">Image</th>
            <th scope="col">Domain</th>
            <th scope="col">Last rollout</th>
          </tr>
        </thead>
        <tbody>
          {parts.map((part) => (
            <Row key={part.deployment.id} part={part} pods={byDeployment.get(part.deployment.id) ?? []} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function group(pods: Pod[]): Map<string, Pod[]> {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    const id = pod.metadata.labels?.[deploymentLabel] ?? "";
    groups.set(id, [...(groups.get(id) ?? []), pod]);
  }
  return groups;
}

function Row({ part: { deployment, rollout, state }, pods }: { part: Part; pods: Pod[] }) {
  const podStates = pods.map(podState);
  const ready = podStates.filter((one) => one === "ready").length;
  const wanted = rollout?.manifest?.spec?.horizontalScale?.minReplicas ?? 0;
  const domains = hosts(rollout?.manifest);
  return (
    <tr>
      <td>
        <State state={state} />
      </td>
      <td>
        <Link
          className="nm clip"
          title={deployment.name}
          to="/app/projects/$projectId/deployments/$deploymentId"
          params={{ projectId: deployment.project, deploymentId: deployment.id }}
        >
          {deployment.name || deployment.id}
        </Link>
        {needsAttention(state) && (
          <div className="fs12 t3 clip" title={rollout?.message || undefined}>
            {healthSentence(rollout, ready, wanted)}
          </div>
        )}
      </td>
      <td>
        <span className="row g1">
          <Pips pods={podStates} wanted={wanted} />
          <span className="t3">
            {wanted || pods.length ? `${ready}/${Math.max(wanted, pods.length)}` : ""}
          </span>
        </span>
      </td>
      <td className="mono">
        <span className="clip" title={shortImage(rollout?.manifest?.spec?.image)}>
          {shortImage(rollout?.manifest?.spec?.image) || "–"}
        </span>
      </td>
      <td>
        {domains[0] ? (
          <a href={domains[0].url} target="_blank" rel="noreferrer">
            {domains[0].host} <Icon name="ext" size="s" />
          </a>
        ) : (
          <span className="only-d">–</span>
        )}
        {domains.length > 1 && <span className="t3"> +{domains.length - 1}</span>}
      </td>
      <td className="t2">
        <Time at={rollout?.startDate || rollout?.created} />
      </td>
    </tr>
  );
}

function NoDeployments({ projectId }: { projectId: string }) {
  return (
    <section className="empty one mt5" aria-label="First deployment">
      <div>
        <h2 className="lead">Deploy an image</h2>
        <p className="sent mt3">
          A deployment is one application of this project: an image, its pods, its variables and its address.
          Start with an image such as <span className="mono">nginx</span>, or with a blueprint.
        </p>
        <div className="row w mt5">
          <ButtonLink to="/app/projects/$projectId/new" params={{ projectId }} kind="primary" icon="plus">
            New deployment
          </ButtonLink>
          <ButtonLink to="/app/blueprints/my-blueprints" icon="blueprint">
            Blueprints
          </ButtonLink>
        </div>
      </div>
    </section>
  );
}
