import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps, useMatchRoute } from "@tanstack/react-router";
import { clusterInfo } from "../api/queries";
import { Icon, type IconName } from "../components/Icon";
import { State } from "../components/State";
import { useWholes } from "./useParts";

/** The places, the projects worst first, and the cluster: health is in sight on every page. */
export function Sidebar() {
  const wholes = useWholes();
  const matches = useMatchRoute();
  return (
    <aside className="side" aria-label="Places">
      <Link className="brand" to="/app">
        <Icon name="mark" />
        <span className="t">One-Click</span>
      </Link>
      <nav className="nav" aria-label="Main">
        <Place to="/app" icon="projects" label="Projects" count={wholes?.length} exact />
        <Place to="/app/blueprints" icon="blueprint" label="Blueprints" />
      </nav>
      {!!wholes?.length && (
        <>
          <div className="navh">
            <span>Projects</span>
            <span>worst first</span>
          </div>
          <nav className="nav p" aria-label="Projects">
            {wholes.map(({ project, state }) => (
              <Link
                key={project.id}
                to="/app/projects/$projectId"
                params={{ projectId: project.id }}
                aria-current={
                  matches({ to: "/app/projects/$projectId", params: { projectId: project.id }, fuzzy: true })
                    ? "page"
                    : undefined
                }
              >
                <State state={state} iconOnly />
                <span className="t el">{project.name}</span>
              </Link>
            ))}
          </nav>
        </>
      )}
      <div className="sidefoot">
        <nav className="nav" aria-label="Administration">
          <a href="/_/" title="Admin">
            <Icon name="admin" className="nav-i" />
            <span className="t">Admin</span>
          </a>
        </nav>
        <Cluster />
      </div>
    </aside>
  );
}

interface PlaceProps {
  to: LinkProps["to"];
  icon: IconName;
  label: string;
  count?: number;
  exact?: boolean;
}

function Place({ to, icon, label, count, exact }: PlaceProps) {
  return (
    <Link
      to={to}
      title={label}
      activeOptions={{ exact, includeSearch: false }}
      activeProps={{ "aria-current": "page" }}
    >
      <Icon name={icon} className="nav-i" />
      <span className="t">{label}</span>
      <span className="n">{count || ""}</span>
    </Link>
  );
}

function Cluster() {
  const { data, error } = useQuery(clusterInfo);
  if (!data && !error) return null;
  const nodes = data?.nodes?.length ?? 0;
  return (
    <div className="clus">
      <div className="row">
        <b className="grow">{data?.demo ? "Demo cluster" : "Cluster"}</b>
        <State state={data ? "healthy" : "failed"} iconOnly word={data ? "Answers" : "Does not answer"} />
      </div>
      <div>{data ? clusterLine(nodes, versionOf(data.version)) : "The cluster does not answer."}</div>
    </div>
  );
}

function versionOf(version: unknown): string {
  if (typeof version === "string") return version;
  const git = (version as { gitVersion?: unknown } | undefined)?.gitVersion;
  return typeof git === "string" ? git : "";
}

function clusterLine(nodes: number, version: string): string {
  const count = nodes === 1 ? "1 node" : `${nodes} nodes`;
  return [nodes ? count : "", version && `Kubernetes ${version.replace(/^v/, "")}`]
    .filter(Boolean)
    .join(", ");
}
