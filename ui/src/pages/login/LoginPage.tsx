import { PasswordInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { pb } from "../../api/client";
import { problems } from "../../api/errors";
import { uiFacts } from "../../api/queries";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Note } from "../../components/Note";
import { NoticeBanner } from "../../shell/NoticeBanner";
import { Pattern } from "./Pattern";
import { Providers } from "./Providers";

const route = getRouteApi("/login");

/** Signing in: with e-mail or username and password, or through a provider the server knows. */
export function LoginPage() {
  const { to } = route.useSearch();
  const router = useRouter();
  const { version, needsSetup } = useQuery(uiFacts).data ?? {};
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const methods = useQuery({
    queryKey: ["auth-methods"],
    queryFn: () => pb.collection("users").listAuthMethods(),
    staleTime: 60_000,
  });

  async function signIn(work: () => Promise<unknown>): Promise<void> {
    setBusy(true);
    setProblem("");
    try {
      await work();
      router.history.replace(to ?? "/app");
    } catch (error) {
      setProblem(reason(error));
      setBusy(false);
    }
  }

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const identity = String(form.get("identity")).trim();
    const password = String(form.get("password"));
    void signIn(() => pb.collection("users").authWithPassword(identity, password));
  }

  const withPassword = methods.data?.password.enabled ?? true;
  const providers = methods.data?.oauth2.providers ?? [];
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
            {problem && (
              <Note kind="bad" alert>
                {problem}
              </Note>
            )}
            {withPassword && (
              <form onSubmit={submit}>
                <TextInput
                  name="identity"
                  label="E-mail or username"
                  autoComplete="username"
                  autoFocus
                  required
                  withAsterisk={false}
                />
                <PasswordInput
                  name="password"
                  label="Password"
                  autoComplete="current-password"
                  required
                  withAsterisk={false}
                  visibilityToggleButtonProps={{ "aria-label": "Show the password", tabIndex: 0 }}
                />
                <Button type="submit" kind="primary" size="lg" full busy={busy}>
                  Sign in
                </Button>
              </form>
            )}
            {withPassword && providers.length > 0 && <div className="or">or</div>}
            <Providers
              providers={providers}
              busy={busy}
              choose={(provider) => signIn(() => pb.collection("users").authWithOAuth2({ provider }))}
            />
            <p className="t3 fs12 centred">
              No account? Ask an administrator of this server for an invitation.
            </p>
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

function reason(error: unknown): string {
  const [first] = problems(error);
  const status = (error as { status?: number }).status;
  if (status === 400)
    return "That e-mail or username and password do not belong together. Check both and try again.";
  if (status === 429) return "Too many tries. Wait a little, then try again.";
  return first?.message ?? "Signing in did not work.";
}
