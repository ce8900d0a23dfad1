import { getRouteApi, Link, Outlet } from "@tanstack/react-router";
import { ButtonLink } from "../../components/Button";
import { NotFound } from "../../components/NotFound";
import { State } from "../../components/State";
import { Waiting } from "../../components/Waiting";
import { needsAttention, summary } from "../../lib/health";
import { readTags } from "../../lib/tags";
import { useWholes } from "../../shell/useParts";

const route = getRouteApi("/app/projects/$projectId");

/** The head and tabs of a project. */
export function ProjectLayout() {
  const { projectId } = route.useParams();
  const wholes = useWholes();
  const whole = wholes?.find((one) => one.project.id === projectId);
  if (!wholes) {
    return (
      <main id="main" className="main">
        <Waiting />
      </main>
    );
  }
  if (!whole) return <NotFound what="project" />;
  const { project, parts, state } = whole;
  return (
    <main id="main" className="main">
      <div className="wrap">
        <div className="ph">
          <div className="grow">
            <div className="row w g4">
              <h1>{project.name}</h1>
              <State state={state} filled={state === "healthy" || needsAttention(state)} />
              {readTags(project.tags).map((tag) => (
                <span key={tag} className="tag">
                  {tag}
                </span>
              ))}
            </div>
            <p className="sent mt2">
              {project.description && `${project.description} · `}
              {parts.length === 1 ? "1 deployment. " : `${parts.length} deployments. `}
              {summary(parts.map((one) => one.state))}
            </p>
          </div>
          {parts.length > 0 && (
            <div className="acts">
              <ButtonLink to="/app/projects/$projectId/new" params={{ projectId }} kind="primary" icon="plus">
                New deployment
              </ButtonLink>
            </div>
          )}
        </div>
        <nav className="tabs mt4" aria-label="Project">
          <Link
            to="/app/projects/$projectId"
            params={{ projectId }}
            activeOptions={{ exact: true }}
            activeProps={{ "aria-current": "page" }}
          >
            Deployments
            <span className="n">{parts.length || ""}</span>
          </Link>
          <Link
            to="/app/projects/$projectId/settings"
            params={{ projectId }}
            activeProps={{ "aria-current": "page" }}
          >
            Settings
          </Link>
        </nav>
        <Outlet />
      </div>
    </main>
  );
}
