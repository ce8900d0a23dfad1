import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { blueprints, useProject } from "../../api/queries";
import { Waiting } from "../../components/Waiting";
import { NewDeploymentForm } from "./NewDeploymentForm";

const route = getRouteApi("/app/projects/$projectId/new");

/** From an image to something that runs, on one page. */
export function NewDeployment() {
  const { projectId } = route.useParams();
  const { image, blueprint } = route.useSearch();
  const project = useProject(projectId);
  const list = useQuery(blueprints);
  return (
    <main id="main" className="main">
      <div className="wrap narrow">
        <h1>New deployment</h1>
        <p className="sent mt2">
          In{" "}
          <Link to="/app/projects/$projectId" params={{ projectId }}>
            {project?.name ?? "this project"}
          </Link>
          . Everything here can be changed later, and each change can be undone.
        </p>
        {list.isPending ? (
          <Waiting />
        ) : (
          <NewDeploymentForm
            projectId={projectId}
            blueprints={list.data ?? []}
            first={{ image: image ?? "", blueprint: blueprint ?? "" }}
          />
        )}
      </div>
    </main>
  );
}
