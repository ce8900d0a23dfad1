import { Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { me, pb } from "../../api/client";
import { put } from "../../api/realtime";
import type { Blueprint } from "../../api/types";
import { Avatar } from "../../components/Avatar";
import { Button, IconButton } from "../../components/Button";
import { DeleteDialog } from "../../components/DeleteDialog";
import { Icon } from "../../components/Icon";
import { failed, told } from "../../components/toast";
import { shortImage } from "../../lib/image";
import { UseBlueprint } from "./UseBlueprint";

/** The link somebody sends to share a blueprint. */
export function shareLink(id: string): string {
  return `${window.location.origin}/app/blueprints/shared/${id}`;
}

/** One blueprint with what can be done with it. */
export function BlueprintCard({ blueprint }: { blueprint: Blueprint }) {
  const own = blueprint.owner === me().id;
  const [using, setUsing] = useState(false);
  const readers = blueprint.users.length;
  return (
    <article className="card pc">
      <div className="row">
        <Avatar name={blueprint.name} record={blueprint} />
        <h3 className="el">
          <Link to="/app/blueprints/edit/$blueprintId" params={{ blueprintId: blueprint.id }}>
            {blueprint.name}
          </Link>
        </h3>
        {blueprint.private && (
          <span className="tag">
            <Icon name="lock" size="s" />
            private
          </span>
        )}
        <span className="end">
          <Actions blueprint={blueprint} own={own} />
        </span>
      </div>
      <p className="why t2">{blueprint.description || "No description."}</p>
      <p className="mono el">{shortImage(blueprint.manifest?.spec?.image)}</p>
      <div className="foot">
        <span>{own ? (readers ? `Shared with ${readers}` : "Not shared yet") : "Shared with you"}</span>
        <span className="end">
          <Button size="sm" icon="roll" onClick={() => setUsing(true)}>
            Deploy
          </Button>
        </span>
      </div>
      <UseBlueprint opened={using} close={() => setUsing(false)} blueprint={blueprint} />
    </article>
  );
}

function Actions({ blueprint, own }: { blueprint: Blueprint; own: boolean }) {
  const cache = useQueryClient();
  const [deleting, setDeleting] = useState(false);
  async function leave(): Promise<void> {
    try {
      const users = blueprint.users.filter((id) => id !== me().id);
      await pb.collection("blueprints").update(blueprint.id, { users });
      put(cache, ["blueprints"], blueprint, true);
      told(`${blueprint.name} is off your list.`);
    } catch (error) {
      failed(error);
    }
  }
  return (
    <>
      <Menu width={190}>
        <Menu.Target>
          <IconButton small icon="dots" label={`More for ${blueprint.name}`} />
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            component={Link}
            to="/app/blueprints/edit/$blueprintId"
            params={{ blueprintId: blueprint.id } as never}
            leftSection={<Icon name={own ? "pencil" : "eye"} />}
          >
            {own ? "Edit" : "View"}
          </Menu.Item>
          <Menu.Item
            leftSection={<Icon name="link" />}
            onClick={() =>
              navigator.clipboard.writeText(shareLink(blueprint.id)).then(() => told("The link is copied."))
            }
          >
            Copy the share link
          </Menu.Item>
          {own ? (
            <Menu.Item leftSection={<Icon name="trash" />} onClick={() => setDeleting(true)}>
              Delete
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<Icon name="x" />} onClick={leave}>
              Take off my list
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <DeleteDialog
        opened={deleting}
        close={() => setDeleting(false)}
        what="blueprint"
        name={blueprint.name}
        remove={async () => {
          await pb.collection("blueprints").delete(blueprint.id);
          put(cache, ["blueprints"], blueprint, true);
        }}
      >
        {blueprint.users.length ? `${blueprint.users.length} others lose it as well. ` : ""}
        What was deployed from it runs on.
      </DeleteDialog>
    </>
  );
}
