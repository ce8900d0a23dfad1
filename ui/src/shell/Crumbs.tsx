import { Menu } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { deployments, projects } from "../api/queries";
import { Icon } from "../components/Icon";
import { State } from "../components/State";
import { useWholes } from "./useParts";

/** Where you are; the last part is a chooser among its neighbours. */
export function Crumbs() {
  const { projectId, deploymentId } = useParams({ strict: false });
  const path = useRouterState({ select: (state) => state.location.pathname });
  const project = useQuery(projects).data?.find((one) => one.id === projectId);
  const deployment = useQuery(deployments).data?.find((one) => one.id === deploymentId);
  if (!projectId) {
    const place = path.startsWith("/app/blueprints")
      ? "Blueprints"
      : path.startsWith("/app/profile")
        ? "Profile"
        : "";
    return (
      <nav className="crumbs" aria-label="You are here">
        <span className="cur plain">{place || window.location.host}</span>
      </nav>
    );
  }
  const up = deploymentId ? (
    <Link
      className="iconb only-m"
      to="/app/projects/$projectId"
      params={{ projectId }}
      aria-label="Back to the project"
    >
      <Icon name="left" size="l" />
    </Link>
  ) : (
    <Link className="iconb only-m" to="/app" aria-label="Back to the projects">
      <Icon name="left" size="l" />
    </Link>
  );
  return (
    <>
      {up}
      <nav className="crumbs" aria-label="You are here">
        <Link className="up1" to="/app" activeOptions={{ exact: true }}>
          Projects
        </Link>
        <Slash />
        {deploymentId ? (
          <>
            <Link
              className="up1"
              to="/app/projects/$projectId"
              params={{ projectId }}
              activeOptions={{ exact: true }}
            >
              <span className="el" title={project?.name}>
                {project?.name ?? "…"}
              </span>
            </Link>
            <Slash />
            <DeploymentChooser projectId={projectId} name={deployment?.name ?? "…"} />
          </>
        ) : (
          <ProjectChooser name={project?.name ?? "…"} />
        )}
      </nav>
    </>
  );
}

function Slash() {
  return (
    <span className="sep" aria-hidden="true">
      /
    </span>
  );
}

function Chooser({ name, what, children }: { name: string; what: string; children: ReactNode }) {
  return (
    <Menu position="bottom-start" width={240}>
      <Menu.Target>
        <button type="button" className="cur" aria-label={`${name}, choose another ${what}`}>
          <span className="el" title={name}>
            {name}
          </span>
          <Icon name="updown" size="s" />
        </button>
      </Menu.Target>
      <Menu.Dropdown mah="60vh" style={{ overflowY: "auto" }}>
        {children}
      </Menu.Dropdown>
    </Menu>
  );
}

function ProjectChooser({ name }: { name: string }) {
  const wholes = useWholes() ?? [];
  return (
    <Chooser name={name} what="project">
      {wholes.map(({ project, state }) => (
        <Menu.Item
          key={project.id}
          component={Link}
          to="/app/projects/$projectId"
          params={{ projectId: project.id } as never}
          leftSection={<State state={state} iconOnly />}
        >
          {project.name}
        </Menu.Item>
      ))}
    </Chooser>
  );
}

function DeploymentChooser({ projectId, name }: { projectId: string; name: string }) {
  const whole = useWholes()?.find((one) => one.project.id === projectId);
  return (
    <Chooser name={name} what="deployment">
      {(whole?.parts ?? []).map(({ deployment, state }) => (
        <Menu.Item
          key={deployment.id}
          component={Link}
          to="/app/projects/$projectId/deployments/$deploymentId"
          params={{ projectId, deploymentId: deployment.id } as never}
          leftSection={<State state={state} iconOnly />}
        >
          {deployment.name}
        </Menu.Item>
      ))}
    </Chooser>
  );
}
