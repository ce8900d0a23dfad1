import { useQuery } from "@tanstack/react-query";
import { problems } from "../api/errors";
import { Card } from "../components/Card";
import { Problems } from "../components/Problems";
import { Waiting } from "../components/Waiting";
import { admin } from "./client";

/** The server's settings, to read; they are changed through `PATCH /api/settings`. */
export function Settings() {
  const { data, error, isPending } = useQuery({
    queryKey: ["settings"],
    queryFn: () => admin.settings.getAll(),
  });
  return (
    <main id="main" className="main">
      <div className="wrap narrow">
        <h1>Settings</h1>
        <p className="sent mt2">As they are in force. Secrets are never shown.</p>
        {isPending && <Waiting />}
        {error && <Problems problems={problems(error)} />}
        <div className="stack mt5">
          {Object.entries(data ?? {}).map(([group, values]) => (
            <Card key={group} title={group}>
              <Values value={values} />
            </Card>
          ))}
        </div>
      </div>
    </main>
  );
}

function Values({ value }: { value: unknown }) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return <Plain value={value} />;
  return (
    <dl className="dl wide">
      {Object.entries(value).map(([name, one]) => (
        <div className="pair" key={name}>
          <dt>{name}</dt>
          <dd>
            {typeof one === "object" && one !== null ? (
              <pre className="json">{JSON.stringify(one, null, 2)}</pre>
            ) : (
              <Plain value={one} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Plain({ value }: { value: unknown }) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value === "" || value === null || value === undefined) return <span className="t3">–</span>;
  return (
    <span className="mono wraps">{typeof value === "object" ? JSON.stringify(value) : String(value)}</span>
  );
}
