import { ButtonLink } from "./Button";

/** What a wrong address, or somebody else's record, shows: the two cannot be told apart on purpose. */
export function NotFound({ what = "page" }: { what?: string }) {
  return (
    <main className="main" id="main">
      <div className="wrap stack">
        <h1>This {what} is not there</h1>
        <p className="sent">
          It may have been deleted, or it belongs to somebody who has not shared it with you.
        </p>
        <div>
          <ButtonLink to="/app" kind="primary">
            Go to your projects
          </ButtonLink>
        </div>
      </div>
    </main>
  );
}
