import { describe, expect, it } from "vitest";
import { imageName, parseImage, shortDigest, shortImage } from "./image";

describe("parseImage", () => {
  it.each([
    ["nginx", "docker.io", "library/nginx", "latest"],
    ["nginx:1.29-alpine", "docker.io", "library/nginx", "1.29-alpine"],
    ["acme/app", "docker.io", "acme/app", "latest"],
    ["index.docker.io/acme/app:2", "docker.io", "acme/app", "2"],
    ["ghcr.io/acme/team/app:v1", "ghcr.io", "acme/team/app", "v1"],
    ["localhost:5000/app", "localhost:5000", "app", "latest"],
    ["registry.example.com:443/a/b:1", "registry.example.com:443", "a/b", "1"],
    ["  quay.io/a/b:1 ", "quay.io", "a/b", "1"],
  ])("reads %s", (text, registry, repository, tag) => {
    expect(parseImage(text)).toEqual({ registry, repository, tag });
  });

  it("keeps a digest behind the tag", () => {
    const digest = `sha256:${"a1".repeat(32)}`;
    expect(parseImage(`nginx:1.29@${digest}`).tag).toBe(`1.29@${digest}`);
    expect(parseImage(`nginx@${digest}`).tag).toBe(`latest@${digest}`);
  });

  it.each([
    ["", "Name an image"],
    ["two words", "one word"],
    ["Nginx", "no repository"],
    ["ghcr.io/a//b", "no repository"],
    ["nginx:la test", "one word"],
    ["nginx:-x", "no tag"],
    ["nginx@sha256:12", "digest"],
    ["-bad.example/a", "no registry"],
    ["http://foo/bar", "Leave out http://"],
    [" https://quay.io/a/b:1", "Leave out https://"],
    ["docker://nginx", "Leave out docker://"],
  ])("refuses %j", (text, reason) => {
    expect(() => parseImage(text)).toThrow(reason);
  });
});

it("says an image as people write it", () => {
  expect(shortImage(parseImage("nginx:1"))).toBe("nginx:1");
  expect(imageName(parseImage("ghcr.io/acme/app:1"))).toBe("ghcr.io/acme/app");
  expect(shortImage(undefined)).toBe("");
});

it("shortens the content that an image is fixed to", () => {
  expect(shortDigest({ digest: `sha256:${"c0ffee".repeat(10)}cafe` })).toBe("sha256:c0ffeec0ffee");
  expect(shortDigest({})).toBe("");
});
