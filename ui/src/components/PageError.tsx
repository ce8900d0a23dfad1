import { sentence } from "../api/errors";
import { Button } from "./Button";

/** A page that could not be drawn: what failed, and one way on. */
export function PageError({ error }: { error: unknown }) {
  return (
    <main className="main" id="main">
      <div className="wrap stack">
        <h1>This page could not be shown</h1>
        <p className="sent">{sentence(error)}</p>
        <div>
          <Button kind="primary" onClick={() => window.location.reload()}>
            Load it again
          </Button>
        </div>
      </div>
    </main>
  );
}
