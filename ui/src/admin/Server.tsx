import { useQuery } from "@tanstack/react-query";
import { problems } from "../api/errors";
import { Card } from "../components/Card";
import { Problems } from "../components/Problems";
import { State } from "../components/State";
import { Waiting } from "../components/Waiting";
import { admin } from "./client";
import { facts } from "./Notices";

interface Plugin {
  name: string;
  source?: string;
  state: "on" | "off";
  error?: string;
  traceback?: string;
}

/** The plugins: which are loaded, and why one is not. */
export function Server() {
  const version = useQuery(facts).data?.version;
  const { data, error, isPending } = useQuery({
    queryKey: ["plugins"],
    queryFn: async () => (await admin.send<{ items: Plugin[] }>("/api/plugins", { method: "GET" })).items,
  });
  return (
    <main id="main" className="main">
      <div className="wrap narrow">
        <h1>Plugins</h1>
        {version && <p className="sent mt2">One-Click {version}</p>}
        {isPending && <Waiting />}
        {error && <Problems problems={problems(error)} />}
        <div className="stack mt5">
          {data?.map((plugin) => (
            <Card
              key={plugin.name}
              title={plugin.name}
              note={plugin.source}
              actions={
                <State
                  state={plugin.state === "off" ? "failed" : "healthy"}
                  word={plugin.state === "off" ? "Switched off" : "On"}
                />
              }
            >
              {plugin.state === "off" ? (
                <div className="stack">
                  <p>{plugin.error}</p>
                  {plugin.traceback && <pre className="json">{plugin.traceback}</pre>}
                </div>
              ) : (
                <p className="t3">It is loaded and its hooks run.</p>
              )}
            </Card>
          ))}
        </div>
      </div>
    </main>
  );
}
