import { Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { problems } from "../api/errors";
import { Card } from "../components/Card";
import { Icon } from "../components/Icon";
import { Note } from "../components/Note";
import { Problems } from "../components/Problems";
import { ProviderMark } from "../components/ProviderMark";
import { failed, told } from "../components/toast";
import { Waiting } from "../components/Waiting";
import { admin } from "./client";
import { ProviderPage } from "./ProviderPage";
import { type Known, type SignInSettings, signInSettings, storeProviders } from "./providers";
import { WayState } from "./WayState";

/** How people sign in: the password, and the login providers with a page for each. */
export function SignIn({ name }: { name: string }) {
  const { data, error, isPending } = useQuery(signInSettings);
  const chosen = data?.known.find((one) => one.name === name);
  if (data && chosen) return <ProviderPage key={chosen.name} settings={data} provider={chosen} />;
  return (
    <main id="main" className="main">
      <div className="wrap narrow">
        <h1>Sign-in</h1>
        <p className="sent mt2">How the users of this server get in. Superusers always use their password.</p>
        {isPending && <Waiting />}
        {error && <Problems problems={problems(error)} />}
        {data && <Ways settings={data} />}
      </div>
    </main>
  );
}

function Ways({ settings }: { settings: SignInSettings }) {
  const { known, providers } = settings;
  const cache = useQueryClient();
  const again = useMutation({
    mutationFn: () => storeProviders(providers),
    onSuccess: () => cache.invalidateQueries(signInSettings),
    onError: failed,
  });
  return (
    <div className="stack mt5">
      <Card title="Login providers" note="Each that is on has a button on the sign-in page" bare>
        {known.length ? (
          <ul className="ways">
            {known.map((one) => (
              <Row key={one.name} provider={one} />
            ))}
          </ul>
        ) : (
          <p className="bd t3">No plugin on this server brings a login provider.</p>
        )}
      </Card>
      {known.some(({ way }) => way === "off") && (
        <Note kind="warn">
          Providers are set up, but login through them is switched off as a whole.{" "}
          <button type="button" className="link" disabled={again.isPending} onClick={() => again.mutate()}>
            Switch it on
          </button>
        </Note>
      )}
      <Card title="Password">
        <Password settings={settings} />
      </Card>
    </div>
  );
}

function Row({ provider }: { provider: Known }) {
  const { name, displayName, shown, logo, way } = provider;
  const about = [shown !== displayName && displayName, way === "environment" && "Set up by the environment"]
    .filter(Boolean)
    .join(" · ");
  return (
    <li className="linked">
      <ProviderMark name={name} logo={logo} />
      <span className="grow">
        <a className="m cover" href={`#/sign-in/${name}`}>
          {shown}
        </a>
        {about && <span className="t3 fs12 block">{about}</span>}
      </span>
      <WayState way={way} />
      <Icon name="right" className="t3" />
    </li>
  );
}

/** Signing in by password can be switched off once there is another way in. */
function Password({ settings: { withPassword, known } }: { settings: SignInSettings }) {
  const cache = useQueryClient();
  const save = useMutation({
    mutationFn: (enabled: boolean) => admin.collections.update("users", { passwordAuth: { enabled } }),
    onSuccess: (_, enabled) => {
      told(enabled ? "Users can sign in by password." : "Users can no longer sign in by password.");
      return cache.invalidateQueries(signInSettings);
    },
    onError: failed,
  });
  const another = known.some(({ way }) => way === "on" || way === "environment");
  return (
    <Switch
      label="Users sign in by e-mail or username and password"
      description={
        another
          ? "When it is off, the sign-in page shows the providers alone. Those who are signed in stay so."
          : "It stays on until a login provider is: nobody could get in."
      }
      checked={save.isPending ? save.variables : withPassword}
      disabled={save.isPending || (withPassword && !another)}
      onChange={(event) => save.mutate(event.currentTarget.checked)}
    />
  );
}
