import { parseDocument, stringify } from "yaml";
import type { Manifest } from "../api/types";

/** A manifest as text for the editor. */
export function toYaml(manifest: unknown): string {
  return stringify(manifest, { lineWidth: 0 });
}

/** The text of the editor as a manifest; an Error names the line. What is in it is the server's to judge. */
export function fromYaml(text: string): Manifest {
  const document = parseDocument(text, { prettyErrors: true });
  const [first] = document.errors;
  // The library's colon leads to a picture of the line, which is left out.
  if (first) throw new Error(first.message.split("\n")[0]?.replace(/:$/, "."));
  const value: unknown = document.toJS();
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error("Write a manifest with apiVersion, kind and spec.");
  }
  return value as Manifest;
}
