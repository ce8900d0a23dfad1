import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { me } from "../../api/client";
import { blueprints } from "../../api/queries";
import type { Blueprint } from "../../api/types";
import { ButtonLink } from "../../components/Button";
import { Waiting } from "../../components/Waiting";
import { BlueprintCard } from "./BlueprintCard";

/** The blueprints somebody made. */
export function OwnBlueprints() {
  const own = useQuery(blueprints).data?.filter((one) => one.owner === me().id);
  return (
    <Frame list={own}>
      <h2 className="lead">Make a set-up once, deploy it many times</h2>
      <p className="sent mt3">
        A blueprint is a manifest with a name: image, pods, variables, volumes. Write one here, or save a
        deployment as one from its settings.
      </p>
      <div className="mt5">
        <ButtonLink to="/app/blueprints/new" kind="primary" icon="plus">
          New blueprint
        </ButtonLink>
      </div>
    </Frame>
  );
}

/** The blueprints of others that somebody has added. */
export function SharedBlueprints() {
  const shared = useQuery(blueprints).data?.filter(
    (one) => one.owner !== me().id && one.users.includes(me().id),
  );
  return (
    <Frame list={shared}>
      <h2 className="lead">Nothing is shared with you yet</h2>
      <p className="sent mt3">Open a link that somebody gives you, and the blueprint appears here.</p>
    </Frame>
  );
}

function Frame({ list, children }: { list: Blueprint[] | undefined; children: ReactNode }) {
  return (
    <main id="main" className="main">
      <div className="wrap">
        <div className="ph">
          <h1 className="grow">Blueprints</h1>
          {!!list?.length && (
            <div className="acts">
              <ButtonLink to="/app/blueprints/new" kind="primary" icon="plus">
                New blueprint
              </ButtonLink>
            </div>
          )}
        </div>
        <nav className="tabs mt4" aria-label="Blueprints">
          <Link to="/app/blueprints/my-blueprints" activeProps={{ "aria-current": "page" }}>
            Mine
          </Link>
          <Link to="/app/blueprints/community" activeProps={{ "aria-current": "page" }}>
            Shared with me
          </Link>
        </nav>
        {!list && <Waiting />}
        {list?.length === 0 && (
          <section className="empty one mt5" aria-label="How it begins">
            <div>{children}</div>
          </section>
        )}
        <div className="pgrid mt5">
          {list?.map((one) => (
            <BlueprintCard key={one.id} blueprint={one} />
          ))}
        </div>
      </div>
    </main>
  );
}
