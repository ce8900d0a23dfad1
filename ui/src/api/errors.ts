import { ClientResponseError } from "pocketbase";

/** One thing that was wrong: the path of the field (`manifest.spec.image.tag`, or "" for the whole) and why. */
export interface Problem {
  path: string;
  message: string;
}

/** Flattens the `data` tree of an API error; without one the message itself is the problem. */
export function problems(error: unknown): Problem[] {
  if (!(error instanceof ClientResponseError)) {
    return [{ path: "", message: error instanceof Error ? error.message : String(error) }];
  }
  if (error.status === 0)
    return [{ path: "", message: "The server does not answer. Check the connection and try again." }];
  const body = error.response as { message?: string; data?: unknown };
  const found = leaves(body.data, "");
  return found.length ? found : [{ path: "", message: body.message || error.message }];
}

function leaves(node: unknown, path: string): Problem[] {
  if (typeof node !== "object" || node === null) return [];
  const { message } = node as { message?: unknown };
  if (typeof message === "string") return [{ path, message }];
  return Object.entries(node).flatMap(([key, child]) => leaves(child, path ? `${path}.${key}` : key));
}

/** One sentence for a toast: the first problem with the name of its field. */
export function sentence(error: unknown): string {
  const [first] = problems(error);
  if (!first) return "It did not work, and the server gave no reason.";
  return first.path ? `${first.path}: ${first.message}` : first.message;
}

/**
 * Sorts problems onto a form: `fields` maps the beginning of a path to the form's own name for that field.
 * What has no field of its own is returned as `others`, to be shown as a list.
 */
export function sortOntoForm(error: unknown, fields: Record<string, string>) {
  const byField: Record<string, string> = {};
  const others: Problem[] = [];
  for (const problem of problems(error)) {
    const prefix = Object.keys(fields)
      .filter((one) => problem.path === one || problem.path.startsWith(`${one}.`))
      .sort((a, b) => b.length - a.length)[0];
    const field = prefix === undefined ? undefined : fields[prefix];
    if (field === undefined) others.push(problem);
    else byField[field] = [byField[field], problem.message].filter(Boolean).join(" ");
  }
  return { byField, others };
}
