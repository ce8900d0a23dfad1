import { Modal } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Blueprint } from "../../api/types";
import { ButtonLink } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { State } from "../../components/State";
import { useWholes } from "../../shell/useParts";

/** Choosing the project a blueprint is deployed in. */
export function UseBlueprint({
  opened,
  close,
  blueprint,
}: {
  opened: boolean;
  close: () => void;
  blueprint: Blueprint;
}) {
  const wholes = useWholes() ?? [];
  return (
    <Modal opened={opened} onClose={close} title={`Deploy ${blueprint.name}`}>
      {wholes.length ? (
        <div className="paths">
          <p className="t2">In which project?</p>
          {wholes.map(({ project, state }) => (
            <Link
              key={project.id}
              className="path"
              to="/app/projects/$projectId/new"
              params={{ projectId: project.id }}
              search={{ blueprint: blueprint.id }}
            >
              <State state={state} iconOnly />
              <b className="m">{project.name}</b>
              <Icon name="right" />
            </Link>
          ))}
        </div>
      ) : (
        <div className="stack">
          <p className="t2">A deployment lives in a project, and you have none yet.</p>
          <div>
            <ButtonLink to="/app" search={{ new: true }} kind="primary" icon="plus">
              New project
            </ButtonLink>
          </div>
        </div>
      )}
    </Modal>
  );
}
