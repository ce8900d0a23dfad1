import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { pb } from "../../api/client";
import { blueprints } from "../../api/queries";
import type { Manifest, Rollout } from "../../api/types";
import { NotFound } from "../../components/NotFound";
import { Waiting } from "../../components/Waiting";
import { parseImage } from "../../lib/image";
import { newManifest } from "../../lib/manifest";
import { BlueprintForm } from "./BlueprintForm";

const makeRoute = getRouteApi("/app/blueprints/new");
const editRoute = getRouteApi("/app/blueprints/edit/$blueprintId");

/** Writing a new blueprint, from a good beginning or from what a deployment runs. */
export function NewBlueprint() {
  const { from } = makeRoute.useSearch();
  const source = useQuery({
    queryKey: ["rollout", from],
    queryFn: () => pb.collection("rollouts").getOne<Rollout>(from ?? ""),
    enabled: Boolean(from),
  });
  if (from && source.isPending) return <Page title="New blueprint" />;
  const manifest = source.data ? shareable(source.data.manifest) : beginning();
  return (
    <Page
      title="New blueprint"
      note={source.data && "Secrets of the deployment are left out; a blueprint can be shared."}
    >
      <BlueprintForm manifest={manifest} />
    </Page>
  );
}

/** Changing an own blueprint, or reading one that is shared. */
export function EditBlueprint() {
  const { blueprintId } = editRoute.useParams();
  const list = useQuery(blueprints);
  const blueprint = list.data?.find((one) => one.id === blueprintId);
  if (list.data && !blueprint) return <NotFound what="blueprint" />;
  return (
    <Page title={blueprint?.name ?? "Blueprint"}>
      {blueprint && <BlueprintForm key={blueprint.id} blueprint={blueprint} manifest={blueprint.manifest} />}
    </Page>
  );
}

function Page({ title, note, children }: { title: string; note?: string; children?: ReactNode }) {
  return (
    <main id="main" className="main">
      <div className="wrap narrow">
        <h1>{title}</h1>
        {note && <p className="sent mt2">{note}</p>}
        {children ?? <Waiting />}
      </div>
    </main>
  );
}

function beginning(): Manifest {
  return newManifest({ image: parseImage("nginx"), port: 80, replicas: 1, env: [], secrets: [] });
}

/** What belongs to one deployment alone does not travel: secret values, registry passwords, domains. */
function shareable(manifest: Manifest): Manifest {
  const { username: _, password: __, ...image } = manifest.spec.image;
  const interfaces = manifest.spec.interfaces?.map(({ ingress: ___, ...rest }) => rest);
  return { ...manifest, spec: { ...manifest.spec, image, secrets: [], ...(interfaces && { interfaces }) } };
}
