import { Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Pips } from "../../components/Pips";
import { State } from "../../components/State";
import { told } from "../../components/toast";
import { imageName, shortDigest, shortImage } from "../../lib/image";
import { hosts } from "../../lib/manifest";
import { podState } from "../../lib/pods";
import { ChangeImage } from "./ChangeImage";
import { useFacts } from "./context";
import { StopDialog } from "./StopDialog";

/** Name, state, pods, image and domain, and the one thing that is done most: rolling out. */
export function Head() {
  const { deployment, current, state, pods } = useFacts();
  const [changing, setChanging] = useState(false);
  const [stopping, setStopping] = useState(false);
  const podStates = pods.map(podState);
  const ready = podStates.filter((one) => one === "ready").length;
  const wanted = current?.manifest.spec.horizontalScale?.minReplicas ?? 0;
  const image = current?.manifest.spec.image;
  return (
    <div className="dh">
      <div className="head-left">
        <div className="row w g4">
          <h1>{deployment.name || deployment.id}</h1>
          <State state={state} filled />
          {(pods.length > 0 || wanted > 0) && (
            <span className="row">
              <Pips pods={podStates} wanted={wanted} large />
              <span className="m">
                {ready} of {Math.max(wanted, pods.length)} ready
              </span>
            </span>
          )}
        </div>
        <div className="idl">
          {image && (
            <span className="row g1 image-line">
              <span className="mono el">
                {imageName(image)}:<b className="m">{image.tag}</b>
              </span>
              {image.digest && (
                <span className="mono t3 nw" title={`Fixed to ${image.digest}`}>
                  @{shortDigest(image)}
                </span>
              )}
              <IconButton
                small
                icon="copy"
                label="Copy the image"
                onClick={() => navigator.clipboard.writeText(shortImage(image)).then(() => told("Copied."))}
              />
            </span>
          )}
          {hosts(current?.manifest).map(({ host, url }) => (
            <a key={url} className="row g1" href={url} target="_blank" rel="noreferrer">
              <Icon name="globe" size="s" />
              {host}
              <Icon name="ext" size="s" />
            </a>
          ))}
        </div>
      </div>
      <div className="acts">
        {current ? (
          <Button className="grow" kind="primary" icon="roll" onClick={() => setChanging(true)}>
            Roll out
          </Button>
        ) : (
          <RollOutAgain />
        )}
        <Menu width={200}>
          <Menu.Target>
            <Button className="square" aria-label="More">
              <Icon name="dots" />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <MenuLink to="settings" label="Edit the manifest" icon="pencil" />
            <MenuLink to="rollouts" label="Compare and roll back" icon="history" />
            {current && (
              <Menu.Item leftSection={<Icon name="s-stopped" />} onClick={() => setStopping(true)}>
                Stop
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </div>
      {current && <ChangeImage opened={changing} close={() => setChanging(false)} current={current} />}
      {current && <StopDialog opened={stopping} close={() => setStopping(false)} rollout={current} />}
    </div>
  );
}

function MenuLink({
  to,
  label,
  icon,
}: {
  to: "settings" | "rollouts";
  label: string;
  icon: "pencil" | "history";
}) {
  const { projectId, deployment } = useFacts();
  return (
    <Menu.Item
      component={Link}
      to={`/app/projects/$projectId/deployments/$deploymentId/${to}`}
      params={{ projectId, deploymentId: deployment.id } as never}
      leftSection={<Icon name={icon} />}
    >
      {label}
    </Menu.Item>
  );
}

function RollOutAgain() {
  const { projectId, deployment, rollouts } = useFacts();
  return (
    <Link
      className="btn pri grow"
      to="/app/projects/$projectId/deployments/$deploymentId/rollouts"
      params={{ projectId, deploymentId: deployment.id }}
      search={rollouts[0] ? { compare: rollouts[0].id } : {}}
    >
      <Icon name="roll" />
      {rollouts.length ? "Start again" : "Roll out"}
    </Link>
  );
}
