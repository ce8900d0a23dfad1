import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { me, send } from "../../api/client";
import { problems } from "../../api/errors";
import { put } from "../../api/realtime";
import type { Blueprint } from "../../api/types";
import { Avatar } from "../../components/Avatar";
import { Button, ButtonLink } from "../../components/Button";
import { Problems } from "../../components/Problems";
import { told } from "../../components/toast";
import { Waiting } from "../../components/Waiting";
import { shortImage } from "../../lib/image";

const route = getRouteApi("/app/blueprints/shared/$blueprintId");

/** Where a share link leads: what it is, and adding it to one's own list. */
export function SharedBlueprint() {
  const { blueprintId } = route.useParams();
  const blueprint = useQuery({
    queryKey: ["blueprint", blueprintId],
    queryFn: () => send<Blueprint>(`/pb/blueprints/${blueprintId}`),
    retry: false,
  });
  return (
    <main id="main" className="main">
      <div className="wrap narrow">
        {blueprint.isPending && <Waiting />}
        {blueprint.error && (
          <div className="stack">
            <h1>This blueprint is not there for you</h1>
            <p className="sent">
              It is private or has been deleted. Ask its owner to make it public, then open the link again.
            </p>
          </div>
        )}
        {blueprint.data && <Offer blueprint={blueprint.data} />}
      </div>
    </main>
  );
}

function Offer({ blueprint }: { blueprint: Blueprint }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const own = blueprint.owner === me().id;
  const has = own || blueprint.users?.includes(me().id);
  const add = useMutation({
    mutationFn: () => send<Blueprint>(`/pb/blueprints/shared/${blueprint.id}`, { method: "POST" }),
    onSuccess: (saved) => {
      put(cache, ["blueprints"], saved);
      told(`${blueprint.name} is among your blueprints.`);
      navigate({ to: "/app/blueprints/community" });
    },
  });
  return (
    <section className="empty one" aria-label="Shared blueprint">
      <div className="stack">
        <div className="row g4">
          <Avatar name={blueprint.name} record={blueprint} />
          <h1>{blueprint.name}</h1>
        </div>
        {blueprint.description && <p className="sent">{blueprint.description}</p>}
        <p className="mono wraps">{shortImage(blueprint.manifest?.spec?.image)}</p>
        {add.error && <Problems problems={problems(add.error)} />}
        <div className="row w">
          {has ? (
            <ButtonLink
              to="/app/blueprints/edit/$blueprintId"
              params={{ blueprintId: blueprint.id }}
              kind="primary"
            >
              {own ? "Edit it" : "View it"}
            </ButtonLink>
          ) : (
            <Button kind="primary" icon="plus" busy={add.isPending} onClick={() => add.mutate()}>
              Add to my blueprints
            </Button>
          )}
          <ButtonLink to="/app/blueprints/my-blueprints">All blueprints</ButtonLink>
        </div>
      </div>
    </section>
  );
}
