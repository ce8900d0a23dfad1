import { TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, Fragment, useState } from "react";
import { me, pb } from "../../api/client";
import { sentence } from "../../api/errors";
import { put } from "../../api/realtime";
import type { Project } from "../../api/types";
import { Button, IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Pips } from "../../components/Pips";
import { told } from "../../components/toast";
import { parseImage } from "../../lib/image";

/** Where the command line looks for the server by itself. */
const usualServer = "http://127.0.0.1:8090";

/** The commands in their order, each of which works after the one before. */
function commands(): string[] {
  const { origin } = window.location;
  const email = String(me().email || me().username || "EMAIL");
  return [
    ...(origin === usualServer ? [] : [`export ONECLICK_URL=${origin}`]),
    `oneclick login ${/^[\w.+@-]+$/.test(email) ? email : `'${email.replaceAll("'", "'\\''")}'`}`,
    "oneclick deploy nginx --project hello --create-project --port 80",
  ];
}

/** The first page of a new account: it teaches the next step and lets you take it on the spot. */
export function Empty() {
  return (
    <section className="empty mt5" aria-label="First steps">
      <div>
        <h2 className="lead">Put your first image into production</h2>
        <p className="sent mt3">
          Name an image and One-Click makes a project for it, starts it and watches it. Nothing runs before
          you say so, and you can undo every step.
        </p>
        <FirstImage />
        <ol className="mt7 stack first-steps">
          <Step done={1} name="Image.">
            You are here.
          </Step>
          <Step done={2} name="Plan.">
            Name, port, pods, variables. Good defaults are filled in.
          </Step>
          <Step done={3} name="Live.">
            State, logs and events from the first second.
          </Step>
        </ol>
      </div>
      <div>
        <h3 className="t3 m">Or start from</h3>
        <div className="paths mt3">
          <Link className="path" to="/app" search={{ new: true }}>
            <Icon name="projects" size="l" />
            <div>
              <b className="m">An empty project</b>
              <p>Give it a name and tags, and add deployments later</p>
            </div>
            <Icon name="right" />
          </Link>
          <Link className="path" to="/app/blueprints/my-blueprints">
            <Icon name="blueprint" size="l" />
            <div>
              <b className="m">A blueprint</b>
              <p>A set-up you made, or one that was shared with you</p>
            </div>
            <Icon name="right" />
          </Link>
          <div className="path">
            <Icon name="term" size="l" />
            <div>
              <b className="m">The command line</b>
              {commands().map((one) => (
                <p key={one} className="mono wraps">
                  {one.split(" ").map((word) => (
                    <Fragment key={word}>
                      <span className="word">{word}</span>{" "}
                    </Fragment>
                  ))}
                </p>
              ))}
            </div>
            <IconButton
              icon="copy"
              label="Copy the commands"
              onClick={() =>
                navigator.clipboard.writeText(commands().join(" && \\\n")).then(() => told("Copied."))
              }
            />
          </div>
        </div>
      </div>
    </section>
  );
}

function Step({ done, name, children }: { done: number; name: string; children: string }) {
  const pods = Array.from(
    { length: 3 },
    (_, place) => (place < done ? "ready" : "waiting") as "ready" | "waiting",
  );
  return (
    <li className="row g4">
      <span aria-hidden="true">
        <Pips pods={pods} />
      </span>
      <span className="t2">
        <b className="m">{name}</b> {children}
      </span>
    </li>
  );
}

function FirstImage() {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [image, setImage] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  async function go(event: FormEvent): Promise<void> {
    event.preventDefault();
    setProblem("");
    try {
      const { repository } = parseImage(image);
      setBusy(true);
      const name = repository.split("/").at(-1)?.slice(0, 20) ?? "first";
      const project = await pb.collection("projects").create<Project>({ name, user: me().id });
      put(cache, ["projects"], project);
      await navigate({
        to: "/app/projects/$projectId/new",
        params: { projectId: project.id },
        search: { image },
      });
    } catch (error) {
      setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form className="mt7 first-image" onSubmit={go} noValidate>
      <TextInput
        label="Image"
        className="grow"
        placeholder="nginx:latest"
        description={problem ? undefined : "From Docker Hub, or with its registry: ghcr.io/acme/app:1.2.3"}
        leftSection={<Icon name="box" />}
        classNames={{ input: "mono" }}
        value={image}
        error={problem}
        onChange={(event) => setImage(event.currentTarget.value)}
      />
      <Button type="submit" kind="primary" busy={busy}>
        Continue
        <Icon name="arrow" />
      </Button>
    </form>
  );
}
