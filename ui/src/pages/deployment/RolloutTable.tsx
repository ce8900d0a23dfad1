import { Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { pb } from "../../api/client";
import { put } from "../../api/realtime";
import type { Rollout } from "../../api/types";
import { Avatar, Machine } from "../../components/Avatar";
import { IconButton } from "../../components/Button";
import { DeleteDialog } from "../../components/DeleteDialog";
import { Icon } from "../../components/Icon";
import { State } from "../../components/State";
import { Time } from "../../components/Time";
import { failed } from "../../components/toast";
import { actor, causeWord } from "../../lib/actors";
import { changes } from "../../lib/changes";
import { asSentence, stateOf } from "../../lib/health";
import { shortDigest } from "../../lib/image";
import { duration, toDate } from "../../lib/time";
import { useFacts } from "./context";
import { StopDialog } from "./StopDialog";
import { useChangeRollout } from "./useRollOut";

interface Props {
  rollouts: Rollout[];
  chosen: string | undefined;
  choose: (id: string | undefined) => void;
}

export function RolloutTable({ rollouts, chosen, choose }: Props) {
  return (
    <div className="tw cards-on-phone revisions">
      <table className="two-l">
        <thead>
          <tr>
            <th scope="col">Result</th>
            <th scope="col">Tag</th>
            <th scope="col">What happened</th>
            <th scope="col">By</th>
            <th scope="col">When</th>
            <th scope="col">
              <span className="vh">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rollouts.map((one) => (
            <Row key={one.id} rollout={one} chosen={one.id === chosen} choose={choose} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ rollout, chosen, choose }: { rollout: Rollout; chosen: boolean; choose: Props["choose"] }) {
  const { rollouts } = useFacts();
  const { name, person } = actor(rollout);
  const ran = ranFor(rollout);
  const digest = shortDigest(rollout.manifest?.spec?.image);
  const changed = whatChanged(rollout, rollouts);
  return (
    <tr className={chosen ? "sel" : undefined}>
      <td>
        <State state={stateOf(rollout)} />
        {rollout.hide && <div className="fs12 t3">Hidden</div>}
      </td>
      <td className="mono">
        {rollout.manifest?.spec?.image?.tag ?? "–"}
        {digest && <div className="fs12 t3">{digest}</div>}
      </td>
      <td className="wrapc what">
        {rollout.message && <span className="clip2">{asSentence(rollout.message)}</span>}
        <span className={rollout.message ? "fs12 t3" : "t2"}>{changed}</span>
      </td>
      <td>
        <span className="row">
          {person ? <Avatar small name={name} /> : <Machine />}
          <span>
            {name}
            <div className="fs12 t3">{causeWord(rollout.cause)}</div>
          </span>
        </span>
      </td>
      <td>
        <Time at={rollout.startDate || rollout.created} />
        <div className="fs12 t3">{ran}</div>
      </td>
      <td>
        <span className="row g1 right">
          <IconButton
            small
            icon="diff"
            label="Compare"
            aria-pressed={chosen}
            onClick={() => choose(chosen ? undefined : rollout.id)}
          />
          <Actions rollout={rollout} choose={choose} />
        </span>
      </td>
    </tr>
  );
}

/** Against the revision made before it, whatever is filtered out or ran in between. */
function whatChanged(rollout: Rollout, all: Rollout[]): string {
  const before = all
    .filter((one) => one.created < rollout.created)
    .reduce<Rollout | undefined>((last, one) => (last && last.created > one.created ? last : one), undefined);
  if (!before) return "First revision";
  return changes(before.manifest, rollout.manifest).join(", ") || "Nothing changed";
}

function ranFor(rollout: Rollout): string {
  const start = toDate(rollout.startDate);
  const end = toDate(rollout.endDate);
  if (!start) return "";
  return end ? `ran ${duration(end.getTime() - start.getTime())}` : "running";
}

function Actions({ rollout, choose }: { rollout: Rollout; choose: Props["choose"] }) {
  const { deployment } = useFacts();
  const cache = useQueryClient();
  const change = useChangeRollout();
  const [stopping, setStopping] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const ended = rollout.endDate !== "";
  const tag = rollout.manifest?.spec?.image?.tag ?? rollout.id;
  return (
    <>
      <Menu width={200}>
        <Menu.Target>
          <IconButton small icon="dots" label={`More for ${tag}`} />
        </Menu.Target>
        <Menu.Dropdown>
          {ended ? (
            <>
              <Menu.Item leftSection={<Icon name="undo" />} onClick={() => choose(rollout.id)}>
                Roll back to this
              </Menu.Item>
              <Menu.Item
                leftSection={<Icon name={rollout.hide ? "eye" : "hide"} />}
                onClick={() => change.mutate({ id: rollout.id, hide: !rollout.hide }, { onError: failed })}
              >
                {rollout.hide ? "Show again" : "Hide"}
              </Menu.Item>
              <Menu.Item leftSection={<Icon name="trash" />} onClick={() => setDeleting(true)}>
                Delete
              </Menu.Item>
            </>
          ) : (
            <Menu.Item leftSection={<Icon name="s-stopped" />} onClick={() => setStopping(true)}>
              Stop
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <StopDialog opened={stopping} close={() => setStopping(false)} rollout={rollout} />
      <DeleteDialog
        opened={deleting}
        close={() => setDeleting(false)}
        what="revision"
        name={tag}
        remove={async () => {
          await pb.collection("rollouts").delete(rollout.id);
          put(cache, ["rollouts", deployment.id], rollout, true);
        }}
      >
        This entry of the history goes, and nobody can roll back to it any more. What runs is not touched.
      </DeleteDialog>
    </>
  );
}
