import { useEffect } from "react";
import { Note } from "../components/Note";
import { Lone } from "./Lone";

/** Where a provider's window ends; the page that opened it goes on by itself. */
export function Returned({ outcome }: { outcome: string }) {
  const arrived = outcome === "oauth2-redirect-success";
  useEffect(() => {
    // A window that no page has opened stays, and says what to do.
    if (arrived) window.close();
  }, [arrived]);
  if (arrived) {
    return (
      <Lone title="You can close this window" lead="Signing in goes on in the window where you began.">
        <Note kind="ok">The provider's answer has arrived.</Note>
      </Lone>
    );
  }
  return (
    <Lone title="Signing in did not work" lead="Nothing has changed.">
      <Note kind="bad">
        Either the provider was not given leave to tell who you are, or the page where you began is no longer
        waiting for its answer.
      </Note>
      <p className="t2">
        Close this window and begin again. Keep the first page open meanwhile, and allow it to open windows.
      </p>
      <a className="btn lg full" href="/login">
        Sign in again
      </a>
    </Lone>
  );
}
