import type { Stage } from "../api/oauth";
import { Button } from "./Button";
import { ProviderMark } from "./ProviderMark";

interface Props {
  provider: { name: string; displayName: string };
  stage: Stage;
  url: string;
  reopened: () => void;
  cancel: () => void;
}

/** What stands on the page while somebody is at a provider in another window. */
export function VisitPanel({ provider, stage, url, reopened, cancel }: Props) {
  const name = provider.displayName;
  const away = stage === "blocked" || stage === "closed";
  return (
    <section className="visit" aria-label={`Signing in with ${name}`}>
      <ProviderMark name={provider.name} />
      <div role="status">
        <p className="m">{away ? title(stage, name) : `Waiting for ${name}`}</p>
        <p className="t2 mt2">
          {stage === "blocked" &&
            "Your browser did not let it open by itself. Open it here; this page goes on."}
          {stage === "closed" && "If you have not finished there, open it again. If you have, wait a moment."}
          {!away && "Sign in there, in the window that has opened. This page goes on by itself."}
        </p>
      </div>
      <div className="row w visit-acts">
        {away && (
          <a className="btn pri" href={url} target="_blank" rel="noreferrer" onClick={reopened}>
            Open {name}
          </a>
        )}
        <Button onClick={cancel}>Cancel</Button>
      </div>
    </section>
  );
}

function title(stage: Stage, name: string): string {
  return stage === "blocked" ? `The window of ${name} was blocked` : `The window of ${name} is closed`;
}
