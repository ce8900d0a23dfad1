import { Link } from "@tanstack/react-router";
import { useFacts } from "./context";

const base = "/app/projects/$projectId/deployments/$deploymentId";

const tabs = [
  { to: base, label: "Overview", exact: true },
  { to: `${base}/logs`, label: "Logs" },
  { to: `${base}/events`, label: "Events" },
  { to: `${base}/rollouts`, label: "Rollouts" },
  { to: `${base}/image`, label: "Image" },
  { to: `${base}/settings`, label: "Settings" },
] as const;

export function Tabs() {
  const { projectId, deployment, rollouts } = useFacts();
  return (
    <nav className="tabs mt4" aria-label="Deployment">
      {tabs.map((tab) => (
        <Link
          key={tab.to}
          to={tab.to}
          params={{ projectId, deploymentId: deployment.id }}
          activeOptions={{ exact: "exact" in tab, includeSearch: false }}
          activeProps={{ "aria-current": "page" }}
        >
          {tab.label}
          {tab.label === "Rollouts" && (
            <span className="n">{rollouts.filter((one) => !one.hide).length || ""}</span>
          )}
        </Link>
      ))}
    </nav>
  );
}
