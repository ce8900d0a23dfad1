import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { RecordAuthResponse } from "pocketbase";
import { useState } from "react";
import { me, pb } from "../../api/client";
import { problems } from "../../api/errors";
import { authMethods, externalAccounts } from "../../api/queries";
import { renew } from "../../api/renew";
import type { ExternalAccount, User } from "../../api/types";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Note } from "../../components/Note";
import { Problems } from "../../components/Problems";
import { ProviderMark } from "../../components/ProviderMark";
import { Time } from "../../components/Time";
import { told } from "../../components/toast";
import { type Provider, providerOf, useVisit } from "../../components/useVisit";
import { VisitPanel } from "../../components/VisitPanel";
import { Unlink } from "./Unlink";

/** The accounts by which one can sign in: those that are linked, and those that could be. */
export function SignInWays({ changed }: { changed: (user: User) => void }) {
  const cache = useQueryClient();
  const methods = useQuery(authMethods).data;
  const linked = useQuery(externalAccounts);
  const [leaving, setLeaving] = useState<ExternalAccount>();
  const visiting = useVisit(link, true);
  const known = (methods?.oauth2.providers ?? []).map(providerOf);
  const named = (name: string) => known.find((one) => one.name === name) ?? unknown(name);
  const accounts = linked.data ?? [];
  const free = known.filter((one) => !accounts.some(({ provider }) => provider === one.name));

  async function link({ token, record }: RecordAuthResponse, { displayName }: Provider): Promise<string> {
    if (record.id !== me().id) {
      // The answer was somebody else's session, cookie included; ours takes its place again.
      await renew(pb, "users");
      return `That account at ${displayName} belongs to another user of this server. Sign in with it to unlink it there first.`;
    }
    pb.authStore.save(token, record);
    changed(me());
    told(`${displayName} is linked.`);
    await cache.invalidateQueries(externalAccounts);
    return "";
  }

  if (linked.data?.length === 0 && !known.length) return null;
  return (
    <Card title="Ways to sign in" bare>
      {linked.error && <Problems problems={problems(linked.error)} />}
      <ul className="ways">
        {methods?.password.enabled && (
          <li>
            <span className="grow">
              <span className="m">Password</span>
              <span className="t3 fs12 block">With your e-mail or username</span>
            </span>
          </li>
        )}
        {accounts.map((account) => (
          <li key={account.id}>
            <ProviderMark {...named(account.provider)} />
            <span className="grow">
              <span className="m">{named(account.provider).displayName}</span>
              <span className="t3 fs12 block">
                Linked <Time at={account.created} />
                {!known.some(({ name }) => name === account.provider) &&
                  ", switched off on this server just now"}
              </span>
            </span>
            <Button
              size="sm"
              aria-label={`Unlink ${named(account.provider).displayName}`}
              onClick={() => setLeaving(account)}
            >
              Unlink
            </Button>
          </li>
        ))}
        {free.map((provider) => (
          <li key={provider.name}>
            <ProviderMark {...provider} />
            <span className="grow">
              <span className="m">{provider.displayName}</span>
              <span className="t3 fs12 block">Not linked</span>
            </span>
            <Button
              size="sm"
              icon="plus"
              aria-label={`Link ${provider.displayName}`}
              disabled={visiting.current !== undefined}
              onClick={() => visiting.begin(provider)}
            >
              Link
            </Button>
          </li>
        ))}
      </ul>
      {(visiting.current || visiting.problem) && (
        <div className="ways-foot">
          {visiting.current ? (
            <VisitPanel {...visiting.current} reopened={visiting.reopened} cancel={visiting.cancel} />
          ) : (
            <Note kind="bad" alert>
              {visiting.problem}
            </Note>
          )}
        </div>
      )}
      <Unlink
        account={leaving}
        name={leaving ? named(leaving.provider).displayName : ""}
        last={accounts.length === 1}
        withPassword={methods?.password.enabled ?? true}
        close={() => setLeaving(undefined)}
      />
    </Card>
  );
}

const names: Record<string, string> = {
  github: "GitHub",
  gitlab: "GitLab",
  google: "Google",
  microsoft: "Microsoft",
  oidc: "OpenID Connect",
};

/** A provider that is not among those that can be used just now. */
function unknown(name: string): Provider {
  return { name, displayName: names[name.replace(/\d+$/, "")] ?? name, logo: "" };
}
