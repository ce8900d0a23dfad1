import { Link } from "@tanstack/react-router";
import { State } from "../../components/State";
import { Time } from "../../components/Time";
import { readTags } from "../../lib/tags";
import type { Whole } from "../../shell/useParts";

/** The projects as rows, for comparing many. */
export function ProjectTable({ wholes }: { wholes: Whole[] }) {
  return (
    <div className="card tw mt5">
      <table>
        <thead>
          <tr>
            <th scope="col">Health</th>
            <th scope="col">Project</th>
            <th scope="col">Tags</th>
            <th scope="col" className="num">
              Deployments
            </th>
            <th scope="col">Last rollout</th>
          </tr>
        </thead>
        <tbody>
          {wholes.map(({ project, parts, state }) => (
            <tr key={project.id}>
              <td>
                <State state={state} />
              </td>
              <td>
                <Link className="nm" to="/app/projects/$projectId" params={{ projectId: project.id }}>
                  {project.name}
                </Link>
              </td>
              <td>
                <span className="row g1">
                  {readTags(project.tags).map((tag) => (
                    <span key={tag} className="tag">
                      {tag}
                    </span>
                  ))}
                </span>
              </td>
              <td className="num">{parts.length}</td>
              <td>
                <Time at={lastStart(parts)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function lastStart(parts: Whole["parts"]): string | undefined {
  return parts
    .map((one) => one.rollout?.startDate ?? "")
    .sort()
    .at(-1);
}
