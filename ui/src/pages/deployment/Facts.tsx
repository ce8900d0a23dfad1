import type { ReactNode } from "react";
import { Avatar, Machine } from "../../components/Avatar";
import { Card } from "../../components/Card";
import { Time } from "../../components/Time";
import { actor, causeWord } from "../../lib/actors";
import { cpuWords, memoryWords } from "../../lib/amounts";
import { useFacts } from "./context";

/** How it is set up, in short. */
export function Facts() {
  const { current } = useFacts();
  if (!current) return null;
  const { horizontalScale: scale, resources, env, secrets, volumes, interfaces } = current.manifest.spec;
  const { name, person } = actor(current);
  return (
    <Card title="Set-up">
      <dl className="dl">
        <Fact name="Pods">
          {scale?.minReplicas}
          {scale && scale.maxReplicas > scale.minReplicas
            ? `, up to ${scale.maxReplicas} when CPU passes ${scale.targetCPUUtilizationPercentage}\u00a0%`
            : ""}
        </Fact>
        {resources?.limits && (
          <Fact name="Each pod">
            at most {cpuWords(resources.limits.cpu)}, {memoryWords(resources.limits.memory)}
          </Fact>
        )}
        {!!interfaces?.length && (
          <Fact name="Ports">{interfaces.map((one) => `${one.name} ${one.port}`).join(", ")}</Fact>
        )}
        {!!volumes?.length && (
          <Fact name="Volumes">
            {volumes.map((one) => `${one.name} (${memoryWords(one.size)})`).join(", ")}
          </Fact>
        )}
        <Fact name="Variables">
          {env?.length ?? 0}, secrets {secrets?.length ?? 0}
        </Fact>
        <Fact name="Started by">
          <span className="row g1">
            {person ? <Avatar small name={name} /> : <Machine />}
            <span>
              {name}, {causeWord(current.cause).toLowerCase()},{" "}
              <Time at={current.startDate || current.created} />
            </span>
          </span>
        </Fact>
      </dl>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
