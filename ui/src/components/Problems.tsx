import type { Problem } from "../api/errors";
import { Note } from "./Note";

/** Everything the server found wrong that has no field of its own on the page. */
export function Problems({ problems }: { problems: Problem[] }) {
  if (!problems.length) return null;
  return (
    <Note kind="bad" alert>
      <ul className="stack g1">
        {problems.map(({ path, message }) => (
          <li key={path + message}>
            {path && <b className="mono">{path}: </b>}
            {message}
          </li>
        ))}
      </ul>
    </Note>
  );
}
