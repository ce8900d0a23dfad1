import { useQuery } from "@tanstack/react-query";
import type { CollectionModel } from "pocketbase";
import { problems } from "../api/errors";
import { Icon } from "../components/Icon";
import { Problems } from "../components/Problems";
import { Waiting } from "../components/Waiting";
import { collections } from "./client";
import { Records } from "./Records";

/** The collections and the records of the chosen one, to read. */
export function Collections({ name }: { name: string }) {
  const { data, error, isPending } = useQuery(collections);
  if (isPending) {
    return (
      <main id="main" className="main">
        <Waiting />
      </main>
    );
  }
  if (error || !data) {
    return (
      <main id="main" className="main">
        <Problems problems={problems(error)} />
      </main>
    );
  }
  const own = data.filter((one) => !isSystem(one));
  const chosen = data.find((one) => one.name === name || one.id === name) ?? own[0] ?? data[0];
  return (
    <div className="adm two-columns">
      <nav className="cl" aria-label="Collections">
        <Group title="Collections" list={own} chosen={chosen} />
        <Group title="System" list={data.filter(isSystem)} chosen={chosen} />
      </nav>
      <main id="main" className="rec">
        {chosen ? (
          <Records key={chosen.id} collection={chosen} />
        ) : (
          <p className="bd t3">There are no collections.</p>
        )}
      </main>
    </div>
  );
}

function isSystem(collection: CollectionModel): boolean {
  return collection.system || collection.name.startsWith("_");
}

function Group({
  title,
  list,
  chosen,
}: {
  title: string;
  list: CollectionModel[];
  chosen: CollectionModel | undefined;
}) {
  if (!list.length) return null;
  return (
    <>
      <h2 className="navh">{title}</h2>
      <div className="nav p">
        {list.map((one) => (
          <a
            key={one.id}
            href={`#/collections/${one.name}`}
            aria-current={one.id === chosen?.id ? "page" : undefined}
          >
            <Icon name={isSystem(one) ? "lock" : one.type === "auth" ? "user" : "box"} size="s" />
            <span className="mono el">{one.name}</span>
          </a>
        ))}
      </div>
    </>
  );
}
