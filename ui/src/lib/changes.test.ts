import { expect, it } from "vitest";
import { changes } from "./changes";
import { parseImage } from "./image";
import { newManifest, withImage } from "./manifest";

const first = newManifest({ image: parseImage("nginx:1"), port: 80, replicas: 1, env: [], secrets: [] });

it("names what a revision changed", () => {
  const second = withImage(first, { tag: "2" });
  second.spec.env = [{ name: "A", value: "1" }];
  second.spec.secrets = [{ name: "K", value: "oc-secret:1" }];
  second.spec.rolloutStrategy = "recreate";
  expect(changes(first, second)).toEqual(["Image", "1 variable", "1 secret", "Other settings"]);
});

it("does not take another order of keys for a change", () => {
  const { repository, registry, tag } = first.spec.image;
  expect(changes(first, { ...first, spec: { ...first.spec, image: { tag, repository, registry } } })).toEqual(
    [],
  );
  expect(changes(undefined, first)).toEqual([]);
});
