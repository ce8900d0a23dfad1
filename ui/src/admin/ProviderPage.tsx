import { Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { problems } from "../api/errors";
import { Button } from "../components/Button";
import { Card } from "../components/Card";
import { CopyField } from "../components/CopyField";
import { Icon } from "../components/Icon";
import { Note } from "../components/Note";
import { Problems } from "../components/Problems";
import { ProviderMark } from "../components/ProviderMark";
import { told } from "../components/toast";
import { ProviderForm } from "./ProviderForm";
import { kindOf } from "./provider-kinds";
import { type Known, type SignInSettings, signInSettings, storeProviders } from "./providers";
import { go } from "./route";
import { WayState } from "./WayState";

interface Props {
  settings: SignInSettings;
  provider: Known;
}

/** One login provider: how to register this server with it, and what it is told. */
export function ProviderPage({ settings, provider }: Props) {
  const { displayName, name, logo, problem, way, stored } = provider;
  const [removing, setRemoving] = useState(false);
  return (
    <main id="main" className="main">
      <div className="wrap narrow">
        <a className="t2" href="#/sign-in">
          <Icon name="left" /> Sign-in
        </a>
        <div className="row w g4 mt2">
          <span className="row g4 provider-name">
            <ProviderMark name={name} logo={logo} />
            <h1>{displayName}</h1>
          </span>
          <WayState way={way} />
        </div>
        {way === "environment" && !stored ? (
          <div className="stack mt5">
            <ByEnvironment {...provider} />
            <Card title="At the provider">
              <Redirect />
            </Card>
          </div>
        ) : (
          <div className="stack mt5">
            {way === "silent" && (
              <Note kind="warn">
                It is set up, but has no button on the sign-in page. {problem ?? "The server's log says why."}
              </Note>
            )}
            <Card title="At the provider">
              <div className="stack">
                <p className="t2">{kindOf(name).register} It asks for this address:</p>
                <Redirect />
              </div>
            </Card>
            <Card title="Here">
              <ProviderForm settings={settings} provider={provider} />
            </Card>
            {stored && (
              <Card title={`Remove ${displayName}`} danger>
                <div className="stack">
                  <p className="t2">
                    Its button goes from the sign-in page. Accounts stay, and so does what is linked: setting
                    it up again lets the same people in.
                  </p>
                  <div>
                    <Button kind="danger" icon="trash" onClick={() => setRemoving(true)}>
                      Remove
                    </Button>
                  </div>
                </div>
              </Card>
            )}
          </div>
        )}
        <Modal opened={removing} onClose={() => setRemoving(false)} title={`Remove ${displayName}`}>
          <Removal settings={settings} provider={provider} close={() => setRemoving(false)} />
        </Modal>
      </div>
    </main>
  );
}

function Redirect() {
  return (
    <CopyField
      label="Redirect address"
      copy="Copy the redirect address"
      value={`${window.location.origin}/api/oauth2-redirect`}
      hint="Also called callback URL. If people reach this server at another address, register that one too."
    />
  );
}

function ByEnvironment({ name, displayName, shown }: Known) {
  const prefix = `ONECLICK_${name.toUpperCase()}`;
  return (
    <Note>
      <p>
        {displayName} is set up by the server's environment (
        <code className="mono wraps">{prefix}_CLIENT_ID</code> and its like)
        {shown === displayName ? "" : `, as ${shown}`}. It is changed there, and the server started again.
      </p>
    </Note>
  );
}

function Removal({ settings, provider, close }: Props & { close: () => void }) {
  const cache = useQueryClient();
  const work = useMutation({
    mutationFn: () => storeProviders(settings.providers.filter((one) => one.name !== provider.name)),
    onSuccess: async () => {
      await cache.invalidateQueries(signInSettings);
      told(`${provider.displayName} is removed.`);
      go("sign-in");
    },
  });
  return (
    <div className="stack">
      <p className="t2">
        Nobody can sign in with {provider.shown} from then on. Its client secret is forgotten.
        {!settings.withPassword &&
          " Signing in by password is switched off: those without another provider are locked out."}
      </p>
      {work.error && <Problems problems={problems(work.error)} />}
      <div className="row dialog-foot">
        <Button onClick={close} data-autofocus>
          Keep it
        </Button>
        <Button kind="danger-solid" icon="trash" busy={work.isPending} onClick={() => work.mutate()}>
          Remove {provider.displayName}
        </Button>
      </div>
    </div>
  );
}
