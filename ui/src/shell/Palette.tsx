import {
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
  spotlight,
} from "@mantine/spotlight";
import "@mantine/spotlight/styles.layer.css";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { Icon } from "../components/Icon";
import { State, states } from "../components/State";
import { onPalette } from "./palette-store";
import { useWholes, type Whole } from "./useParts";

/** Places and actions by their name, on ⌘K (Ctrl K elsewhere). */
export default function Palette() {
  const navigate = useNavigate();
  const wholes = useWholes() ?? [];
  useEffect(() => {
    // It is loaded because somebody asked for it.
    spotlight.open();
    return onPalette(spotlight.toggle);
  }, []);
  const groups: SpotlightActionGroupData[] = [
    { group: "Go to", actions: wholes.flatMap((whole) => places(whole, navigate)) },
    { group: "Do", actions: makings(wholes, navigate) },
  ];
  return (
    <Spotlight
      actions={groups}
      shortcut={null}
      nothingFound="Nothing has that name."
      limit={12}
      scrollable
      maxHeight="60vh"
      highlightQuery
      overlayProps={{ color: "var(--oc-scrim)", backgroundOpacity: 1, blur: 0 }}
      searchProps={{
        leftSection: <Icon name="search" />,
        placeholder: "Search or act",
        "aria-label": "Search or act",
      }}
      classNames={{ content: "palette" }}
      attributes={{ content: { "aria-label": "Search or act" } }}
    />
  );
}

type Navigate = ReturnType<typeof useNavigate>;

function places({ project, parts, state }: Whole, navigate: Navigate): SpotlightActionData[] {
  const own: SpotlightActionData[] = parts.flatMap((part) => {
    const params = { projectId: project.id, deploymentId: part.deployment.id };
    return [
      {
        id: part.deployment.id,
        label: part.deployment.name,
        description: `${project.name} · ${states[part.state].word.toLowerCase()}`,
        leftSection: <State state={part.state} iconOnly />,
        onClick: () => navigate({ to: "/app/projects/$projectId/deployments/$deploymentId", params }),
      },
      {
        id: `${part.deployment.id}-logs`,
        label: `Logs of ${part.deployment.name}`,
        description: project.name,
        leftSection: <Icon name="logs" />,
        onClick: () => navigate({ to: "/app/projects/$projectId/deployments/$deploymentId/logs", params }),
      },
    ];
  });
  return [
    {
      id: project.id,
      label: project.name,
      description: `Project · ${states[state].word.toLowerCase()}`,
      leftSection: <State state={state} iconOnly />,
      onClick: () => navigate({ to: "/app/projects/$projectId", params: { projectId: project.id } }),
    },
    ...own,
  ];
}

function makings(wholes: Whole[], navigate: Navigate): SpotlightActionData[] {
  const plus = <Icon name="plus" />;
  return [
    {
      id: "new-project",
      label: "New project",
      leftSection: plus,
      onClick: () => navigate({ to: "/app", search: { new: true } }),
    },
    {
      id: "new-blueprint",
      label: "New blueprint",
      leftSection: plus,
      onClick: () => navigate({ to: "/app/blueprints/new" }),
    },
    ...wholes.map(({ project }) => ({
      id: `new-in-${project.id}`,
      label: `New deployment in ${project.name}`,
      leftSection: plus,
      onClick: () => navigate({ to: "/app/projects/$projectId/new", params: { projectId: project.id } }),
    })),
  ];
}
