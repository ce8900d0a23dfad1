import { Checkbox, PasswordInput, TextInput } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import PocketBase, { isTokenExpired, type RecordAuthResponse } from "pocketbase";
import { type FormEvent, useState } from "react";
import { type Problem, problems, sortOntoForm } from "../api/errors";
import { Button } from "../components/Button";
import { Note } from "../components/Note";
import { Problems } from "../components/Problems";
import { admin } from "./client";
import { Lone } from "./Lone";

const shortest = 8;

/** Asked once: the form makes the superuser itself, and then goes elsewhere. */
const setup = queryOptions({
  queryKey: ["setup"],
  queryFn: () => admin.send<{ needsSetup: boolean }>("/api/ui", { method: "GET" }),
  staleTime: Number.POSITIVE_INFINITY,
});

const spent =
  "This link has been used or is too old. Restart the server for a new one, or run: oneclick superuser upsert";

/** The first superuser, by the one-time link that the server printed; a spent link is told before anything is typed. */
export function Install({ token }: { token: string }) {
  const { data, isPending } = useQuery(setup);
  if (isPending) return null;
  if (!data?.needsSetup && data) {
    return (
      <Lone title="This server is set up" lead="The link worked once, and a superuser has been made with it.">
        <Note>To make another superuser, run: oneclick superuser create</Note>
        <a className="btn pri lg full" href="/app">
          Open One-Click
        </a>
        <a className="btn lg full" href="/_/">
          Administer the server
        </a>
      </Lone>
    );
  }
  return isTokenExpired(token) ? (
    <Lone
      title="This link is too old"
      lead="It makes the first superuser, for a short time after it was printed."
    >
      <Note kind="warn">{spent}</Note>
    </Lone>
  ) : (
    <Form token={token} />
  );
}

/** The form; unless unticked it makes a user for oneself too. */
function Form({ token }: { token: string }) {
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [others, setOthers] = useState<Problem[]>([]);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const email = String(form.get("email")).trim();
    const password = String(form.get("password"));
    const passwordConfirm = String(form.get("passwordConfirm"));
    const wrong = check(email, password, passwordConfirm);
    setErrors(wrong);
    setOthers([]);
    if (Object.keys(wrong).length) return;
    setBusy(true);
    try {
      await install(token, { email, password, passwordConfirm }, form.get("user") === "on");
    } catch (error) {
      const sorted = sortOntoForm(error, {
        email: "email",
        password: "password",
        passwordConfirm: "passwordConfirm",
      });
      setErrors(sorted.byField);
      setOthers(explain(error, sorted.others));
      setBusy(false);
    }
  }

  return (
    <Lone title="Set up One-Click" lead="Create the first superuser. The link works once.">
      <Problems problems={others} />
      <form onSubmit={submit} noValidate>
        <TextInput
          name="email"
          type="email"
          label="E-mail"
          autoComplete="username"
          autoFocus
          error={errors.email}
        />
        <PasswordInput
          name="password"
          label="Password"
          description={`At least ${shortest} letters`}
          autoComplete="new-password"
          error={errors.password}
          visibilityToggleButtonProps={{ "aria-label": "Show the password", tabIndex: 0 }}
        />
        <PasswordInput
          name="passwordConfirm"
          label="Password again"
          autoComplete="new-password"
          error={errors.passwordConfirm}
          visibilityToggleButtonProps={{ "aria-label": "Show the password again", tabIndex: 0 }}
        />
        <Checkbox
          name="user"
          defaultChecked
          label="Also create my user account with this e-mail and password"
          description="A superuser administers the server; projects belong to users."
        />
        <Button type="submit" kind="primary" size="lg" full busy={busy}>
          Create and begin
        </Button>
      </form>
    </Lone>
  );
}

function check(email: string, password: string, again: string): Record<string, string> {
  const wrong: Record<string, string> = {};
  if (!/^\S+@\S+$/.test(email)) wrong.email = "Write an e-mail address.";
  if (password.length < shortest) wrong.password = `Use at least ${shortest} letters.`;
  if (password !== again) wrong.passwordConfirm = "Write the same password twice.";
  return wrong;
}

function explain(error: unknown, others: Problem[]): Problem[] {
  const status = (error as { status?: number }).status;
  if (status !== 401 && status !== 403) return others.length ? others : problems(error);
  return [{ path: "", message: spent }];
}

interface Account {
  email: string;
  password: string;
  passwordConfirm: string;
}

/** Makes the accounts, signs in with what was made, and goes to where the work is. */
async function install(token: string, account: Account, withUser: boolean): Promise<void> {
  const headers = { Authorization: token };
  await admin.collection("_superusers").create(account, { headers });
  await admin.collection("_superusers").authWithPassword(account.email, account.password);
  if (!withUser) {
    window.location.hash = "/collections";
    return;
  }
  const name = account.email.split("@")[0];
  await admin.collection("users").create({ ...account, name, emailVisibility: false, verified: true });
  const user = new PocketBase(window.location.origin);
  const signedIn: RecordAuthResponse = await user
    .collection("users")
    .authWithPassword(account.email, account.password);
  user.authStore.save(signedIn.token, signedIn.record);
  window.location.assign("/app");
}
