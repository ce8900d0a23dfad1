import type { Image } from "../api/types";

export type ParsedImage = Pick<Image, "registry" | "repository" | "tag">;

const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const digestPattern = /^sha256:[a-f0-9]{64}$/;
const registryPattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\d{1,5})?$/;

/**
 * Takes an image reference apart as `docker pull` would: `nginx` is docker.io/library/nginx:latest.
 * An address (`https://…`) is none, since `http://foo/bar` would become Docker Hub's foo/bar. A wrong one throws an Error whose message says what to do.
 */
export function parseImage(text: string): ParsedImage {
  const reference = text.trim();
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(reference)?.[0];
  if (scheme) throw new Error(`Leave out ${scheme}: write an image such as nginx or ghcr.io/acme/app:1.2.3.`);
  if (!reference) throw new Error("Name an image, such as nginx or ghcr.io/acme/app:1.2.3.");
  if (/\s/.test(reference)) throw new Error("Leave out the spaces: an image is one word.");
  const [named = "", digest] = splitOnce(reference, "@");
  const [path, tag] = splitTag(named);
  const [registry, repository] = splitRegistry(path);
  if (digest !== undefined && !digestPattern.test(digest)) {
    throw new Error("Write the digest as sha256: and 64 hexadecimal digits.");
  }
  if (!registryPattern.test(registry))
    throw new Error(`“${registry}” is no registry: write a host name such as ghcr.io.`);
  if (!repositoryPattern.test(repository)) {
    throw new Error(
      `“${repository}” is no repository: use small letters, digits and single . _ - between them.`,
    );
  }
  if (tag !== undefined && !tagPattern.test(tag)) {
    throw new Error(`“${tag}” is no tag: use letters, digits, and . _ - after the first.`);
  }
  return { registry, repository, tag: joinTag(tag, digest) };
}

function joinTag(tag: string | undefined, digest: string | undefined): string {
  if (digest === undefined) return tag || "latest";
  return tag ? `${tag}@${digest}` : `latest@${digest}`;
}

function splitOnce(text: string, mark: string): [string, string | undefined] {
  const place = text.indexOf(mark);
  return place < 0 ? [text, undefined] : [text.slice(0, place), text.slice(place + 1)];
}

function splitTag(named: string): [string, string | undefined] {
  const place = named.lastIndexOf(":");
  if (place < 0 || named.indexOf("/", place) >= 0) return [named, undefined];
  return [named.slice(0, place), named.slice(place + 1)];
}

function splitRegistry(path: string): [string, string] {
  const [first = "", rest] = splitOnce(path, "/");
  const isHost = rest !== undefined && (first.includes(".") || first.includes(":") || first === "localhost");
  if (isHost) return [first === "index.docker.io" ? "docker.io" : first, rest];
  return ["docker.io", rest === undefined ? `library/${path}` : path];
}

/** The shortest reference that means the same: docker.io/library/nginx:1.29 reads as nginx:1.29. */
export function shortImage(image: ParsedImage | undefined): string {
  return image ? `${imageName(image)}:${image.tag}` : "";
}

/** The reference without its tag. */
export function imageName({ registry, repository }: ParsedImage): string {
  if (registry !== "docker.io") return `${registry}/${repository}`;
  return repository.replace(/^library\//, "");
}

/** The content that an image is fixed to, as short as people can compare it; "" when the tag alone decides. */
export function shortDigest(image: { digest?: string } | undefined): string {
  return image?.digest?.slice(0, "sha256:".length + 12) ?? "";
}
