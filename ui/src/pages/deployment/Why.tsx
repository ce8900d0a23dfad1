import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { send } from "../../api/client";
import { Card } from "../../components/Card";
import { Icon } from "../../components/Icon";
import { states } from "../../components/State";
import { healthSentence } from "../../lib/health";
import { podState } from "../../lib/pods";
import { useFacts } from "./context";

interface Status {
  deployment: { replicas: number; status: string };
  services?: { name: string; ports: number[]; status: string }[];
  ingresses?: { name: string; hosts: string[]; status: string }[];
  volumes?: { name: string; status: string }[];
}

/** The conditions behind the state, in words. */
export function Why() {
  const { projectId, deployment, current, state, pods, objects } = useFacts();
  const cache = useQueryClient();
  const key = ["status", deployment.id];
  const { data } = useQuery({
    queryKey: key,
    queryFn: () => send<Status>(`/rollouts/${projectId}/${deployment.id}/status`),
    refetchInterval: 30_000,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: any change of an object can change a condition
  useEffect(() => {
    cache.invalidateQueries({ queryKey: key });
  }, [objects, current?.phase]);

  const ready = pods.filter((pod) => podState(pod) === "ready").length;
  const wanted = current?.manifest.spec.horizontalScale?.minReplicas ?? 0;
  return (
    <Card title={`Why ${states[state].word.toLowerCase()}`}>
      <ul className="cond">
        {state === "failed" && <Line good={false}>{healthSentence(current, ready, wanted)}</Line>}
        <Line good={ready >= wanted}>
          {ready} of {Math.max(wanted, pods.length)} pods ready, {wanted} wanted.
        </Line>
        {data?.services?.map((one) => (
          <Line key={one.name} good={one.status === "OK"}>
            Inside the project it answers at <span className="mono wraps">{one.name}</span>
            {one.ports?.length ? `, port ${one.ports.join(", ")}` : ""}.
          </Line>
        ))}
        {data?.ingresses?.map((one) => (
          <Line key={one.name + one.hosts?.join()} good={one.status === "Operational"}>
            {one.hosts?.join(", ")} {one.status === "Operational" ? "leads here." : "has no address yet."}
          </Line>
        ))}
        {data?.volumes?.map((one) => (
          <Line key={one.name} good={one.status === "Bound"}>
            Volume <span className="mono wraps">{one.name}</span>{" "}
            {one.status === "Bound" ? "is there." : `is ${one.status.toLowerCase()}.`}
          </Line>
        ))}
        {warnings(current?.warnings).map((text) => (
          <Line key={text} good={false}>
            {text}
          </Line>
        ))}
      </ul>
    </Card>
  );
}

function Line({ good, children }: { good: boolean; children: ReactNode }) {
  return (
    <li>
      <span className={good ? "c-ok" : "c-warn"}>
        <Icon name={good ? "check" : "s-degraded"} />
        <span className="vh">{good ? "Good" : "Not so"}</span>
      </span>
      <span>{children}</span>
    </li>
  );
}

/** Warnings come as sentences or as objects with one; anything else is left alone. */
function warnings(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value
    .map((one) => (typeof one === "string" ? one : ((one as { message?: unknown } | null)?.message ?? "")))
    .filter((one): one is string => typeof one === "string" && one !== "");
}
