import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { running } from "../api/queries";
import { Icon } from "../components/Icon";

const moving = new Set(["pending", "applying", "progressing"]);

/** How many rollouts are under way; leads to the newest of them. */
export function RollingOut() {
  const { data } = useQuery(running);
  const under = (data ?? []).filter((one) => moving.has(one.phase));
  const newest = under.sort((a, b) => b.startDate.localeCompare(a.startDate))[0];
  if (!newest) return null;
  return (
    <Link
      className="st busy only-d"
      to="/app/projects/$projectId/deployments/$deploymentId"
      params={{ projectId: newest.project, deploymentId: newest.deployment }}
    >
      <Icon name="s-progressing" className="spin" />
      {under.length} rolling out
    </Link>
  );
}
