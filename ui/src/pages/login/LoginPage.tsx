import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { pb } from "../../api/client";
import { problems } from "../../api/errors";
import { authMethods, uiFacts } from "../../api/queries";
import { Icon } from "../../components/Icon";
import { Note } from "../../components/Note";
import { providerOf, useVisit } from "../../components/useVisit";
import { VisitPanel } from "../../components/VisitPanel";
import { NoticeBanner } from "../../shell/NoticeBanner";
import { PasswordForm } from "./PasswordForm";
import { Pattern } from "./Pattern";
import { Providers } from "./Providers";

const route = getRouteApi("/login");

/** Signing in: with e-mail or username and password, or through a provider the server knows. */
export function LoginPage() {
  const { version, needsSetup } = useQuery(uiFacts).data ?? {};
  return (
    <div className="entry">
      <NoticeBanner />
      <div className="login">
        <div className="l">
          <span className="brand">
            <Icon name="mark" />
            One-Click
          </span>
          <main id="main" className="login-form">
            <div>
              <h1>Sign in</h1>
              <p className="t2 mt2">to {window.location.host}</p>
            </div>
            {needsSetup && (
              <Note kind="warn">
                Nobody administers this server yet. Open the one-time link that it printed when it started.
              </Note>
            )}
            <Ways />
          </main>
          <div className="row t3 fs12 login-foot">
            <span className="end">{version && `Version ${version}`}</span>
          </div>
        </div>
        <div className="r" aria-hidden="true">
          <Pattern />
        </div>
      </div>
    </div>
  );
}

function Ways() {
  const { to } = route.useSearch();
  const router = useRouter();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const methods = useQuery(authMethods);
  const { withPassword, settled } = usePasswordShown(methods.data?.password.enabled, methods.isError);
  const done = () => router.history.replace(to ?? "/app");
  const visiting = useVisit(({ token, record }) => {
    pb.authStore.save(token, record);
    done();
    return "";
  });

  async function signIn(identity: string, password: string): Promise<void> {
    setBusy(true);
    setProblem("");
    visiting.setProblem("");
    try {
      await pb.collection("users").authWithPassword(identity, password);
      done();
    } catch (error) {
      setProblem(reason(error));
      setBusy(false);
    }
  }

  const { current } = visiting;
  if (current) {
    return <VisitPanel {...current} reopened={visiting.reopened} cancel={visiting.cancel} />;
  }
  const providers = (methods.data?.oauth2.providers ?? []).map(providerOf);
  const told = problem || visiting.problem;
  return (
    <>
      {told && (
        <Note kind="bad" alert>
          {told}
        </Note>
      )}
      {withPassword && <PasswordForm busy={busy} submit={signIn} />}
      {withPassword && providers.length > 0 && <div className="or">or</div>}
      <Providers
        providers={providers}
        busy={busy}
        choose={(provider) => {
          setProblem("");
          void visiting.begin(provider);
        }}
      />
      {settled && !withPassword && !providers.length && (
        <Note kind="warn">
          No way to sign in is open just now. An administrator of this server can set one up.
        </Note>
      )}
      {providers.length === 0 && (
        <p className="t3 fs12 centred">No account? Ask an administrator of this server for one.</p>
      )}
    </>
  );
}

/**
 * Whether the password form stands on the page: not before the server has said that it may, so that it does not come
 * and go; but a server that takes its time (it may have to ask a provider) keeps nobody waiting.
 */
function usePasswordShown(enabled: boolean | undefined, failed: boolean) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 400);
    return () => clearTimeout(timer);
  }, []);
  return { withPassword: enabled ?? (late || failed), settled: enabled !== undefined };
}

function reason(error: unknown): string {
  const [first] = problems(error);
  const status = (error as { status?: number }).status;
  if (status === 400)
    return "That e-mail or username and password do not belong together. Check both and try again.";
  if (status === 429) return "Too many tries. Wait a little, then try again.";
  return first?.message ?? "Signing in did not work.";
}
